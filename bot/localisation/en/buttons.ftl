# Buttons below messages (bot/discord/buttons.py).

buttons-talk = Talk
buttons-restyle = New portrait
buttons-revoice = New voice
buttons-another = Another one
buttons-who = Who is this?
buttons-dismiss = Dismiss
buttons-recall = Bring here
buttons-thread = Own thread
buttons-delete = Delete everything
