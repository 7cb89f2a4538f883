# Buttons below messages (bot/discord/buttons.py).

buttons-talk = Hablar
buttons-restyle = Nuevo retrato
buttons-revoice = Nueva voz
buttons-another = Otro
buttons-who = ¿Quién es?
buttons-dismiss = Despedir
buttons-recall = Traer aquí
buttons-thread = Hilo propio
buttons-delete = Eliminar todo
