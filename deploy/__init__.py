"""What runs beside the bot, on other machines. Not part of the wheel."""
