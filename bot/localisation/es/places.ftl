# What places and people decide: who may summon, where, in which language (bot/places.py).

places-moderators-only = Eso solo puede cambiarlo quien modera aquí.
places-summoners = Aquí solo puede traer personajes quien modera.
places-elsewhere = Aquí no debo hablar; quienes mantienen el orden eligieron otros sitios para mí.
places-language = Ese idioma aún no lo hablo. Hay { $languages }.
places-private = En un chat privado no hay nadie más a quien permitir o limitar algo.
places-number = Un límite es un número de 0 a { $most }.
places-adult = Seamos amables: nada sexual aquí, por favor.
places-never = No. No hago nada sexual sobre menores, en ningún sitio.
