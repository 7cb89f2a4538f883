# Buttons below messages (bot/discord/buttons.py).

buttons-talk = Reden
buttons-restyle = Neues Porträt
buttons-revoice = Neue Stimme
buttons-another = Eine andere
buttons-who = Wer ist das?
buttons-dismiss = Verabschieden
buttons-recall = Hierher holen
buttons-thread = Eigener Thread
buttons-delete = Alles löschen
