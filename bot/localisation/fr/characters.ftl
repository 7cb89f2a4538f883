# Characters: finding, naming, sharing, bringing back (bot/characters.py).

characters-unknown = Je ne connais personne de ce nom ici.
characters-several = Plusieurs personnages d’ici s’appellent à peu près ainsi : { $names }.
characters-not-yours = Seule la personne qui a invoqué ce personnage, ou la modération du lieu où il a été invoqué, peut faire cela.
characters-name = Un nom compte de 1 à { $most } caractères.
characters-kinder = Restons gentils : un autre nom, s’il te plaît.
characters-recall-unknown = Je n’ai trouvé personne à faire venir. Il me faut le nom d’un de tes personnages, ou le code d’un personnage partagé.
