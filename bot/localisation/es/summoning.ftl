# Summoning, and how answers are shown (bot/progress.py, bot/showing.py, bot/discord/summoning.py, layout.py).

summoning-stage-mind = personaje
summoning-stage-voice = voz
summoning-stage-portrait = retrato
summoning-stage-clip = clip

summoning-heard = oído: { $text }

summoning-voice-only = Este chat no acepta el clip, así que va solo la voz.

summoning-private = Llegará como mensaje privado mío.
summoning-not-private = No puedo escribirte: permite los mensajes privados de los miembros de este servidor e inténtalo de nuevo.
summoning-unknown-style = No conozco ese estilo. Hay { $styles }.
summoning-no-face = { $why } Así que he dibujado un retrato.
summoning-unused-picture = No he podido usar tu imagen, así que he dibujado un retrato.
