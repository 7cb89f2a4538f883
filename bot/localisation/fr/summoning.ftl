# Summoning, and how answers are shown (bot/progress.py, bot/showing.py, bot/discord/summoning.py, layout.py).

summoning-stage-mind = personnage
summoning-stage-voice = voix
summoning-stage-portrait = portrait
summoning-stage-clip = clip

summoning-heard = entendu : { $text }

summoning-voice-only = Cette discussion n’accepte pas le clip : voici la voix seule.

summoning-private = Ça arrivera dans un message privé de ma part.
summoning-not-private = Je ne peux pas t’écrire : autorise les messages privés des membres de ce serveur, puis réessaie.
summoning-unknown-style = Je ne connais pas ce style. Il y a { $styles }.
summoning-no-face = { $why } Alors j’ai dessiné un portrait.
summoning-unused-picture = Je n’ai pas pu utiliser ton image, alors j’ai dessiné un portrait.
