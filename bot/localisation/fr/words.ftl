# What the bot says around a request, on any platform (bot/words.py and its callers).

words-cancelled = Cette demande a été annulée.
words-sorry = Désolé, ça n’a pas marché. { $why }
words-again = Essaie encore une fois, s’il te plaît.

words-coming-summon = Quelqu’un est en route…
words-coming-retry = Quelqu’un d’autre est en route…
words-coming-restyle = Un nouveau portrait se dessine…
words-coming-revoice = Une nouvelle voix s’essaie…
words-coming-film = Le film se prépare…
words-coming-reply = Une réponse est en route…

words-line-next = C’est bientôt ton tour.
words-line-unknown =
    { $ahead ->
        [one] Une autre demande passe d’abord.
       *[other] { $ahead } autres demandes passent d’abord.
    }
words-line-moment =
    { $ahead ->
        [one] Une autre demande passe d’abord, ce qui prend quelques secondes.
       *[other] { $ahead } autres demandes passent d’abord, ce qui prend quelques secondes.
    }
words-line-seconds =
    { $ahead ->
        [one] Une autre demande passe d’abord, ce qui prend environ { $seconds } secondes.
       *[other] { $ahead } autres demandes passent d’abord, ce qui prend environ { $seconds } secondes.
    }
words-line-minutes =
    { $ahead ->
        [one] Une autre demande passe d’abord, ce qui prend environ { $minutes } minutes.
       *[other] { $ahead } autres demandes passent d’abord, ce qui prend environ { $minutes } minutes.
    }

words-line-long = Cela fait { $count } caractères ; dis-le en { $most } au plus, s’il te plaît.

words-file-refused = Il manque un fichier ici, car cette discussion ne l’accepte pas.
words-file-lost = Il manque un fichier ici, car il est devenu introuvable.

words-unreadable = Ce qui avait été préparé ne peut plus être lu.
words-no-portrait = Le portrait n’a pas réussi cette fois.
words-no-voice = La voix n’a pas réussi cette fois, voici donc la réponse par écrit.
words-no-clip = Le clip n’a pas réussi cette fois.
