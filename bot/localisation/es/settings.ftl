# /settings (bot/discord/settings.py).

settings-title = Ajustes
settings-none = ninguno
settings-language = Idioma
settings-language-own = el del servidor en Discord
settings-language-yours = el tuyo en Discord
settings-summoners = Quién puede invocar
settings-everyone = todos
settings-moderators = la moderación
settings-channels = Dónde
settings-everywhere = en todas partes
settings-limits = Personajes en 24 horas
settings-limits-each = { $count } por persona
settings-limits-all = { $count } para todo el servidor
settings-answer = Respuestas
settings-answer-video = clips
settings-answer-voice = mensajes de voz
settings-answer-text = texto
settings-answer-any = como le guste a cada personaje
settings-adult = Contenido para adultos
settings-on = activado, en canales con restricción de edad
settings-off = desactivado
settings-quiet = Líneas sin respuesta: las que empiezan por
settings-residents = Quién vive dónde
settings-resident = { $name } en { $channel }

settings-not-age-restricted = Eso solo se puede activar en un canal o en un servidor que Discord conozca como de edad restringida.
settings-quiet-short = Deben ser de uno a cinco signos, sin letras ni cifras.

settings-audit = Quién invocó a quién en este servidor, página { $number } de { $pages }
settings-audit-nobody = En este servidor aún no se ha invocado a nadie.
settings-audit-line = { $name }, por { $person }, { $time }: { $words }
