# /help (bot/discord/commands.py).

help-title = Lo que sé hacer
help-about = Convierto unas palabras en un personaje con cara, voz y carácter. Los personajes son programas informáticos (IA): lo que dicen es inventado, igual que sus caras y sus voces.
help-summon = Invocar
help-summon-text = `/{ cmd-summon }` trae a alguien: *una manzana furiosa*, *un faro tímido*…
help-talk = Hablar
help-talk-text = Responde a un personaje, llámalo por su nombre (*Pip, ¿cómo estás?*), mencióname, pulsa «{ buttons-talk }» debajo de él o escríbeme en privado. También entiendo mensajes de voz e imágenes.
help-characters = Personajes
help-characters-text = `/{ cmd-personas }` los muestra con sus retratos. `/{ cmd-persona } { cmd-persona-show }`, `{ cmd-persona-rename }`, `{ cmd-persona-restyle }`, `{ cmd-persona-revoice }`, `{ cmd-persona-share }`, `{ cmd-persona-recall }` y `{ cmd-persona-dismiss }` son para uno de ellos. `/{ cmd-answer }` elige entre texto, mensajes de voz y clips.
help-places = Lugares
help-places-text = `/{ cmd-thread }` abre un hilo para un personaje. Con `/{ cmd-settle }` vive en un canal, donde responde a todo; `/{ cmd-unsettle }` lo termina.
help-scenes = Escenas
help-scenes-text = `/{ cmd-scene } { cmd-scene-start }` hace que varios personajes actúen contigo y los demás en un mismo canal.
help-you = Tú
help-you-text = `/{ cmd-memory } { cmd-memory-show }` dice lo que un personaje sabe de ti, `/{ cmd-memory } { cmd-memory-forget }` hace que lo olvide. `/{ cmd-privacy } { cmd-privacy-export }` te da todo lo que se guarda sobre ti, `/{ cmd-privacy } { cmd-privacy-delete }` lo elimina.
help-moderators = Moderación
help-moderators-text = `/{ cmd-settings }` decide quién puede invocar, dónde y cuánto, el idioma y cómo responden los personajes. `/{ cmd-settings } { cmd-settings-audit }` muestra quién invocó a quién.
