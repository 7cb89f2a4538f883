# /personas (bot/discord/gallery.py).

gallery-mine = Tus personajes, página { $number } de { $pages }
gallery-here = Personajes de este servidor, página { $number } de { $pages }
gallery-nobody-here = En este servidor aún no se ha invocado a nadie. Empieza tú: `/{ cmd-summon } { opt-summon-text }: una manzana furiosa`
gallery-choose = Elige un personaje…
gallery-to-mine = Los tuyos
gallery-to-here = Los de este servidor
gallery-not-yours = Esta lista es de otra persona. `/{ cmd-personas }` te muestra los tuyos.
