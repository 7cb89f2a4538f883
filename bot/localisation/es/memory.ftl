# /memory (bot/discord/personal.py).

memory-nothing = { $name } aún no sabe nada de ti.
memory-known = { $name } sabe de ti:
memory-forgot-one = { $name } lo ha olvidado.
memory-no-such = { $name } no guarda nada tuyo con ese número.
memory-forgot =
    { $count ->
        [0] { $name } no sabía nada de ti.
        [one] { $name } ha olvidado una cosa sobre ti.
       *[other] { $name } ha olvidado { $count } cosas sobre ti.
    }
memory-forgot-talk = { $name } ha olvidado lo que sabía de ti, y esta conversación.

memory-export = Todo lo que se guarda sobre ti, en un archivo. Nadie más ve este mensaje.
memory-export-too-large = Lo que se guarda sobre ti es demasiado grande para Discord. Pídeselo a quien administra este bot.
memory-delete-sure = Esto elimina tus personajes, lo que los personajes saben de ti, lo que has dicho y tus ajustes. No se puede deshacer.
memory-delete-not-yours = Eso solo puedes decidirlo para ti: `/{ cmd-privacy } { cmd-privacy-delete }`
memory-deleted = Hecho. Ya no se guarda nada tuyo.
