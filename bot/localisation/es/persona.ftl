# Characters as Discord shows them, and what is done with one (bot/discord: cards.py, acting.py, commands.py).

persona-ai = Personaje de IA
persona-made-up = Personaje de IA: lo que dice lo ha inventado un programa.
persona-character = Carácter
persona-words = Invocado con las palabras
persona-by = Por
persona-on = El

persona-gone = Este personaje ya no está aquí.
persona-nobody-speaks = Eso no lo dice ningún personaje que siga aquí.
persona-nobody = Aún no hay nadie aquí. Invoca a alguien: `/{ cmd-summon } { opt-summon-text }: una manzana furiosa`

persona-talk-title = Habla con { $name }
persona-talk-label = ¿Qué dices?

persona-left = { $name } se ha ido.
persona-renamed = { $before } se llama ahora { $name }.
persona-shared = Quien tenga este código trae a { $name } a otro servidor o chat: `/{ cmd-persona } { cmd-persona-recall } { opt-persona-recall-who }: { $code }`
persona-unshared = { $name } ya no se comparte: su código no trae a nadie.

persona-answers-video = { $name } responde ahora con clips.
persona-answers-voice = { $name } responde ahora con mensajes de voz.
persona-answers-text = { $name } responde ahora por escrito.
persona-answers-any = { $name } responde como es costumbre aquí.
persona-you-video = Ahora se te responde con clips, hables con quien hables.
persona-you-voice = Ahora se te responde con mensajes de voz, hables con quien hables.
persona-you-text = Ahora se te responde por escrito, hables con quien hables.
persona-you-any = Cada personaje te responde como le gusta.
persona-here-video = Los personajes responden aquí ahora con clips.
persona-here-voice = Los personajes responden aquí ahora con mensajes de voz.
persona-here-text = Los personajes responden aquí ahora por escrito.
persona-here-any = Aquí cada personaje responde ahora como le gusta.
persona-which = ¿Qué personaje? Elígelo en la opción «{ opt-persona }».
