# Lines said to characters, and where characters live (bot/discord: talking.py, living.py, permissions.py).

talk-look = Mira esto.
talk-unheard = No he podido leer eso. Mencióname en tu respuesta o usa el botón «{ buttons-talk }» debajo del personaje.
talk-picture-too-large = Esa imagen es demasiado grande; { $megabytes } MB como mucho, por favor.
talk-picture-lost = No se pudo cargar esa imagen. Envíala otra vez, por favor.
talk-voice-too-large = Ese mensaje de voz es demasiado largo; { $megabytes } MB como mucho, por favor.
talk-voice-lost = No se pudo cargar ese mensaje de voz. Envíalo otra vez, por favor.

talk-missing-here =
    { $count ->
        [one] Aquí no puedo hacer eso: necesito el permiso { $names } en este canal. Quien lleva este servidor puede darlo.
       *[other] Aquí no puedo hacer eso: necesito los permisos { $names } en este canal. Quien lleva este servidor puede darlos.
    }
talk-missing-thread =
    { $count ->
        [one] Aquí no puedo hacer eso: necesito el permiso { $names } en este hilo. Quien lleva este servidor puede darlo.
       *[other] Aquí no puedo hacer eso: necesito los permisos { $names } en este hilo. Quien lleva este servidor puede darlos.
    }
talk-locked = Este hilo está bloqueado: nadie puede escribir aquí hasta que la moderación lo abra.

talk-deaf = No oigo lo que se escribe en los canales, así que nadie puede vivir en uno. Quien administra este bot tiene que activar antes «Message Content Intent».
talk-settled = { $name } vive en { $channel } y allí responde a todo. Las líneas que empiezan por { $quiet } se quedan sin respuesta; `/{ cmd-unsettle }` lo termina.
talk-unsettled = En { $channel } ya no vive nadie.
talk-nobody-settled = En { $channel } no vive nadie.
talk-thread-made = { $name } te espera en { $thread }.
talk-settle-where = Los personajes pueden vivir en los canales de texto, los canales de voz y los hilos de un servidor.
talk-thread-where = Un hilo solo se puede abrir en un canal de un servidor. Aquí puedes hablar con { $name } sin más.
