# Telegram (bot/telegram).

telegram-ai = Personaje de IA

telegram-start = ¡Hola! Convierto unas palabras en un personaje con cara, voz y carácter. Prueba /summon una manzana furiosa, y habla con quien venga. Los personajes son programas informáticos (IA): lo que dicen es inventado, igual que sus caras y sus voces. /help dice lo que sé hacer.
telegram-help = Convierto unas palabras en un personaje con cara, voz y carácter. En un chat privado, escribe sin más; en un grupo, responde a un personaje, llámalo por su nombre («Pip, ¿cómo estás?») o mencióname. Los personajes son programas informáticos (IA): lo que dicen es inventado, igual que sus caras y sus voces.
telegram-joined = ¡Hola! Convierto unas palabras en personajes con cara, voz y carácter; son programas informáticos (IA), y lo que dicen es inventado. Probad /summon una manzana furiosa. /help dice lo que sé hacer.
telegram-privacy-mode = En este grupo Telegram solo me deja oír comandos, respuestas a mis mensajes y menciones. Para que los personajes oigan su nombre, un administrador me hace también administrador, o mi dueño desactiva el modo de privacidad (@BotFather, /setprivacy) y me añade de nuevo.
telegram-inline-title = Invocar a este personaje
telegram-inline-chat = Habla conmigo
telegram-description = Escribe /summon una manzana furiosa, y viene un personaje: con carácter, cara, voz y un saludo en vídeo redondo. Luego habla con él. Los personajes son programas informáticos (IA): lo que dicen es inventado.
telegram-short-description = Convierte unas palabras en un personaje de IA que habla.
telegram-ai-long = Un personaje de IA: lo que dice lo ha inventado un programa.
telegram-summoned-with = Invocado con las palabras
telegram-privacy = Guardo los personajes que invocas, lo que les dices y lo que te dicen, lo que aprenden de ti y cómo quieres que te respondan; nada de eso se usa para otra cosa. /memory muestra lo que sabe un personaje, /forget hace que lo olvide, /export (en un chat privado) te lo envía todo, /delete everything lo elimina todo.

telegram-nobody = Aún no hay nadie aquí. Invoca a alguien: /summon una manzana furiosa
telegram-gone = Este personaje ya no está aquí.
telegram-nothing-said = No he podido leer eso. Escríbelo, o envía una imagen o un mensaje de voz.
telegram-look = Mira esto.
telegram-picture-large = Esa imagen es demasiado grande; { $megabytes } MB como mucho, por favor.
telegram-voice-large = Esa grabación es demasiado grande; { $megabytes } MB como mucho, por favor.
telegram-not-loaded = No he podido cargar eso. Envíalo otra vez, por favor.
telegram-summon-words = ¿A quién invoco? Por ejemplo: /summon una manzana furiosa · /summon una manzana furiosa, estilo: noir, voz: grave y anciana
telegram-option-style = estilo
telegram-option-voice = voz
telegram-talk-words = ¿Qué quieres decir? Por ejemplo: /talk Pip, ¿cómo estás?
telegram-talk-invite = ¿Qué le dices a { $name }?
telegram-gallery-here = Personajes de este grupo, página { $number } de { $pages }
telegram-rename-words = Escribe el nombre, una coma y el nombre nuevo: /rename Pip, Pippa
telegram-renamed = El personaje se llama ahora { $name }.
telegram-shared = Quien abra este enlace puede hablar con { $name }: { $link }
telegram-recall-words = ¿A quién traigo? Escribe un nombre, o el código de un personaje compartido: /recall Pip
telegram-answer-words = ¿Quieres que los personajes te respondan por escrito, de viva voz o con un clip? Escribe /answer text, /answer voice, /answer video o /answer any. Con un nombre detrás, vale para ese personaje: /answer voice Pip
telegram-memory-empty = { $name } aún no sabe nada de ti.
telegram-forgotten =
    { $facts ->
        [0] { $name } no sabía nada de eso sobre ti.
        [one] { $name } ha olvidado una cosa sobre ti.
       *[other] { $name } ha olvidado { $facts } cosas sobre ti.
    }
telegram-settled = { $name } responde a todo aquí desde ahora. /unsettle lo termina.
telegram-unsettled = Aquí ya nadie responde a todo.
telegram-settings-words = Escribe un nombre y un valor: /settings language es · /settings summoners everyone o moderators · /settings answer text, voice o video · /settings person 5 y /settings place 50 (personajes al día) · /settings quiet // (cómo empiezan las líneas a las que nadie responde) · /settings topics here, not o all (dónde hablo). El valor «default» lo deshace. /settings audit muestra quién invocó a quién.
telegram-settled-in = { $name } responde a todo en el tema { $topic }.
telegram-audit = Quién invocó a quién aquí, página { $number } de { $pages }
telegram-audit-nobody = Aquí aún no se ha invocado a nadie.
telegram-scene-words = Varios personajes en una misma conversación: /scene start Pip, Viejo Roble: una noche de tormenta · /scene add Helecho · /scene remove Pip · /scene narrate Llueve. · /scene pause · /scene resume · /scene end · /scene transcript · /scene film. Delante de los nombres puede ir quién habla: free, round, mentioned o picked.
telegram-scene-file = No he podido enviar el archivo. Inténtalo de nuevo: /scene transcript
telegram-left = { $name } se ha ido.
telegram-nothing-to-retry = Aquí aún no has invocado a nadie. Invoca a alguien: /summon una manzana furiosa
telegram-only-private = Pídemelo en un chat privado, por favor.
telegram-delete-words = Eso elimina para siempre tus personajes, lo que has dicho y lo que saben de ti. Si es lo que quieres, escribe: /delete everything
telegram-not-yours = Ese botón es de otra persona.
telegram-deleted = Todo está eliminado.

telegram-command-summon = Convierte unas palabras en un personaje
telegram-command-talk = Di algo a un personaje
telegram-command-personas = Los personajes que están aquí
telegram-command-persona = Quién es un personaje
telegram-command-restyle = Dale un nuevo retrato a un personaje
telegram-command-revoice = Dale una nueva voz a un personaje
telegram-command-retry = Otro personaje con las mismas palabras
telegram-command-dismiss = Despide a un personaje
telegram-command-rename = Dale otro nombre a un personaje
telegram-command-share = Un enlace a un personaje, para otros
telegram-command-recall = Trae a un personaje a este chat
telegram-command-settle = Deja que un personaje responda a todo aquí
telegram-command-unsettle = Aquí ya nadie responde a todo
telegram-command-scene = Varios personajes en una misma conversación
telegram-command-settings = Lo que vale en este grupo
telegram-command-answer = Cómo te responden los personajes: texto, voz o vídeo
telegram-command-memory = Lo que un personaje sabe de ti
telegram-command-forget = Haz que un personaje te olvide
telegram-command-export = Todo lo que guardo sobre ti, en un archivo
telegram-command-delete = Elimina todo lo que guardo sobre ti
telegram-command-privacy = Lo que guardo, y cómo verlo y eliminarlo
telegram-command-help = Lo que sé hacer
