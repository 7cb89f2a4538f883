# /personas (bot/discord/gallery.py).

gallery-mine = Your characters, page { $number } of { $pages }
gallery-here = Characters of this server, page { $number } of { $pages }
gallery-nobody-here = Nobody was summoned on this server yet. Be the first: `/summon text: an angry apple`
gallery-choose = Choose a character …
gallery-to-mine = Yours
gallery-to-here = This server's
gallery-not-yours = This list is somebody else's. `/personas` shows you your own.
