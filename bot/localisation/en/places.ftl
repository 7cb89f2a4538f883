# What places and people decide: who may summon, where, in which language (bot/places.py).

places-moderators-only = Only those who keep order here can change that.
places-summoners = Here only those who keep order may bring characters.
places-elsewhere = I am not to speak here; those who keep order chose other places for me.
places-language = I do not speak that language yet. There is { $languages }.
places-private = In a private chat there is nobody else to allow or to limit.
places-number = A limit is a number from 0 to { $most }.
places-adult = Let's keep it friendly: nothing sexual here, please.
places-never = No. I make nothing sexual about children, anywhere.
