# Scenes: several characters and people play together (bot/scenes, bot/discord/scenes.py).

scenes-narrator = Narración
scenes-untitled = Una escena
scenes-opens = Empieza la escena. Aquí están { $names }.
scenes-enters = Entra { $name }.
scenes-leaves = { $name } se va.

scenes-one-already = Aquí ya se está representando una escena; `/{ cmd-scene } { cmd-scene-end }` la termina.
scenes-none = Aquí no se está representando ninguna escena; `/{ cmd-scene } { cmd-scene-start }` empieza una.
scenes-none-ever = Aquí aún no se ha representado ninguna escena; `/{ cmd-scene } { cmd-scene-start }` empieza una.
scenes-not-yours = Eso solo puede hacerlo quien empezó la escena o quien modera.
scenes-there-already = { $name } ya está en la escena.
scenes-not-there = { $name } no está en la escena.
scenes-full = { $most } personajes bastan para una escena.
scenes-nobody = Alguien tiene que estar en la escena: elige al menos un personaje.
scenes-paused-already = La escena ya está en pausa; `/{ cmd-scene } { cmd-scene-resume }` la reanuda.
scenes-not-paused = La escena no está en pausa.
scenes-used-up =
    Los personajes han dicho { $lines ->
        [one] su única línea
       *[other] sus { $lines } líneas
    } de esta escena, así que está en pausa. Lo que se diga aún se guarda; `/{ cmd-scene } { cmd-scene-end }` la termina.
scenes-too-fast = Los personajes han dicho { $lines } líneas en una hora, que por ahora bastan, así que la escena está en pausa; `/{ cmd-scene } { cmd-scene-resume }` la reanudará más tarde.
scenes-empty = En esa escena no se dijo nada.
scenes-somebody = Alguien
scenes-and = { $first } y { $last }
scenes-ai-note = Una escena que personas y personajes de IA inventaron juntos. Lo que dicen los personajes lo escribió un programa informático.
scenes-characters = Personajes (IA): { $names }
scenes-people = Personas: { $names }

scenes-how-free = Quien tiene algo que decir, lo dice.
scenes-how-round = Todos dicen algo, uno tras otro.
scenes-how-mentioned = Responde a quien se nombra o a quien se contesta.
scenes-how-picked = Habla después quien más razones tiene para hacerlo.
scenes-manual = Lo que se escribe aquí lo oyen todos, salvo las líneas que empiezan por //. Son personajes de IA. `/{ cmd-scene } { cmd-scene-narrate }` cuenta lo que pasa, `/{ cmd-scene } { cmd-scene-end }` termina la escena.
scenes-paused = La escena está en pausa. Lo que se diga se guarda, y nadie responde hasta `/{ cmd-scene } { cmd-scene-resume }`.
scenes-resumed = La escena continúa.
scenes-over = La escena se ha acabado. Aquí está todo lo que se dijo.
scenes-film-hint = `/{ cmd-scene } { cmd-scene-transcript }` también hace una película de ella.
scenes-deaf = Aquí solo oigo las líneas que me mencionan o responden a un personaje: quien administra este bot no ha activado «Message Content Intent».
scenes-transcript = Aquí está todo lo que se dijo.
