"""What the bot itself says, in the languages of the people it speaks to."""
