# Buttons below messages (bot/discord/buttons.py).

buttons-talk = Parler
buttons-restyle = Nouveau portrait
buttons-revoice = Nouvelle voix
buttons-another = Un autre
buttons-who = Qui est-ce ?
buttons-dismiss = Congédier
buttons-recall = Faire venir ici
buttons-thread = Fil à part
buttons-delete = Tout supprimer
