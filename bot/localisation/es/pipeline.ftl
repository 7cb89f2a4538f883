# Sentences of the pipeline, which knows English only: they are found again by their English (bot/localisation/foreign.py).

pipeline-concept-long = Usa como mucho { $most } caracteres, por ejemplo: una manzana furiosa.
pipeline-concept-unread = Ahí no he reconocido ninguna cosa ni personaje. Prueba con unas palabras, como: una manzana furiosa.
pipeline-concept-rude = Seamos amables. Describe a tu personaje con palabras más agradables, por favor.
pipeline-no-style = No hay ningún estilo { $wished }. Hay: { $known }.
pipeline-real-people = No pinto a personas reales. Describe a alguien, o algo, que no exista.

pipeline-picture-large = Esa imagen es demasiado grande; { $most } MB como mucho, por favor.
pipeline-picture-vast = Esa imagen es demasiado grande para mí.
pipeline-picture-format = Ese archivo no es una imagen que pueda abrir: PNG, JPEG, WebP o GIF, por favor.
pipeline-picture-no-face = No veo ninguna cara en esa imagen.
pipeline-picture-several = En esa imagen hay varias caras, y no sé a cuál te refieres.
pipeline-picture-tiny = La cara de esa imagen es demasiado pequeña.
pipeline-picture-cut-off = La cara de esa imagen está cortada.
pipeline-picture-turned = La cara de esa imagen mira a otro lado; de frente habla mejor.
pipeline-picture-unlikely = No distingo bien la cara de esa imagen.

pipeline-voice-large = Ese mensaje de voz es demasiado grande; { $most } MB como mucho, por favor.
pipeline-voice-format = Ese archivo no es un mensaje de voz que pueda reproducir: Ogg, M4A, WebM, MP3 o WAV, por favor.
pipeline-voice-damaged = Ese mensaje de voz está dañado y no puedo reproducirlo. Envíalo otra vez, por favor.
pipeline-voice-soundless = En ese archivo no hay sonido.
pipeline-voice-long = Ese mensaje de voz dura más de { $most } segundos. Envía uno más corto, por favor.
pipeline-voice-nothing = No he podido oírte: en ese mensaje de voz no habla nadie.
pipeline-voice-unsure = No he entendido lo que has dicho. Dilo otra vez, un poco más cerca del micrófono, o escríbelo.
pipeline-voice-english = { $why } Solo entiendo inglés.

pipeline-no-words = { $name } no encontró palabras. Dilo otra vez, por favor.
pipeline-lost-for-words = { $name } se queda sin palabras. Dilo de otra manera, por favor.
pipeline-rude-words = Al modelo de lenguaje solo se le ocurrieron groserías. Describe a otro personaje, por favor.
pipeline-stands-in = El modelo de lenguaje no ha podido responder; mientras tanto lo sustituye el autor de demostración.
pipeline-animator-stands-in = El animador no ha podido responder; mientras tanto, uno más sencillo mueve la cara.
pipeline-voice-stands-in = El servicio de voces no ha podido responder; mientras tanto habla una de mis propias voces.
pipeline-voice-own = El servicio de voces no ha podido responder; por eso he elegido una de mis propias voces.
pipeline-worker-died = El proceso que se ocupaba de esto se detuvo.
pipeline-unspoken = Ninguna voz de aquí habla todavía el idioma de { $name } ({ $language }).
pipeline-voice-foreign = La voz de { $name } no habla el idioma de esta respuesta ({ $language }).
pipeline-voice-no-further = La voz se queda como está: ninguna aquí va más lejos en ese sentido.
pipeline-unread-script = Ninguna voz de aquí sabe leer aún esa escritura en voz alta.
# What stands for all others, by the class of the error (pipeline/errors.py).
error-ChatAnythingError = Algo ha salido mal por nuestra parte.
error-MissingAsset = Algo que necesito para esto no está instalado. Quien me administra puede arreglarlo.
error-EngineUnavailable = Lo que necesito para esto no está configurado ahora mismo. Quien me administra puede arreglarlo.
error-Unreachable = Un servicio que necesito para esto no responde ahora mismo.
error-EngineFailed = Esta vez no ha salido.
error-EngineBusy = Ahora mismo hay mucho que hacer. Inténtalo de nuevo en un momento.
error-TimedOut = Eso ha tardado demasiado. Inténtalo de nuevo en un momento.
error-Declined = Un filtro de contenido no ha querido responder a eso. Dilo de otra manera, por favor.
error-ContextOverflow = Es demasiado texto de una vez.
error-StorageFailed = Ahora mismo no puedo anotar nada.
