# What places and people decide: who may summon, where, in which language (bot/places.py).

places-moderators-only = Das kann nur ändern, wer hier moderiert.
places-summoners = Hier darf nur Figuren holen, wer moderiert.
places-elsewhere = Hier soll ich nicht sprechen; wer hier Ordnung hält, hat andere Orte für mich ausgesucht.
places-language = Diese Sprache spreche ich noch nicht. Es gibt { $languages }.
places-private = In einem privaten Chat gibt es sonst niemanden, dem man etwas erlauben oder begrenzen könnte.
places-number = Eine Grenze ist eine Zahl von 0 bis { $most }.
places-adult = Bleiben wir nett: hier bitte nichts Sexuelles.
places-never = Nein. Sexuelles über Kinder mache ich nirgends.
