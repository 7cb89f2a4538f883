# Characters as Discord shows them, and what is done with one (bot/discord: cards.py, acting.py, commands.py).

persona-ai = Personnage d’IA
persona-made-up = Personnage d’IA : ce qu’il dit est inventé par un ordinateur.
persona-character = Caractère
persona-words = Invoqué avec les mots
persona-by = Par
persona-on = Le

persona-gone = Ce personnage n’est plus ici.
persona-nobody-speaks = Aucun personnage encore présent ne dit cela.
persona-nobody = Il n’y a encore personne. Invoque quelqu’un : `/{ cmd-summon } { opt-summon-text }: une pomme en colère`

persona-talk-title = Parler à { $name }
persona-talk-label = Que dis-tu ?

persona-left = { $name } s’en va.
persona-renamed = { $before } s’appelle maintenant { $name }.
persona-shared = Avec ce code, on fait venir { $name } sur un autre serveur ou dans une autre discussion : `/{ cmd-persona } { cmd-persona-recall } { opt-persona-recall-who }: { $code }`
persona-unshared = { $name } n’est plus en partage : son code ne fait plus venir personne.

persona-answers-video = { $name } répond maintenant avec des clips.
persona-answers-voice = { $name } répond maintenant avec des messages vocaux.
persona-answers-text = { $name } répond maintenant par écrit.
persona-answers-any = { $name } répond comme il est d’usage ici.
persona-you-video = On te répond maintenant avec des clips, quel que soit le personnage.
persona-you-voice = On te répond maintenant avec des messages vocaux, quel que soit le personnage.
persona-you-text = On te répond maintenant par écrit, quel que soit le personnage.
persona-you-any = Chaque personnage te répond comme il lui plaît.
persona-here-video = Les personnages répondent maintenant ici avec des clips.
persona-here-voice = Les personnages répondent maintenant ici avec des messages vocaux.
persona-here-text = Les personnages répondent maintenant ici par écrit.
persona-here-any = Ici, chaque personnage répond maintenant comme il lui plaît.
persona-which = Quel personnage ? Choisis-le dans l’option « { opt-persona } ».
