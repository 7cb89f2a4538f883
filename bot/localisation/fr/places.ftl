# What places and people decide: who may summon, where, in which language (bot/places.py).

places-moderators-only = Seule la modération d’ici peut changer cela.
places-summoners = Ici, seule la modération peut faire venir des personnages.
places-elsewhere = Je ne dois pas parler ici ; les responsables ont choisi d’autres endroits pour moi.
places-language = Je ne parle pas encore cette langue. Il y a { $languages }.
places-private = Dans une discussion privée, il n’y a personne d’autre à qui permettre ou limiter quoi que ce soit.
places-number = Une limite est un nombre de 0 à { $most }.
places-adult = Restons gentils : rien de sexuel ici, s’il te plaît.
places-never = Non. Je ne fais rien de sexuel à propos d’enfants, nulle part.
