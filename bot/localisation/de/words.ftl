# What the bot says around a request, on any platform (bot/words.py and its callers).

words-cancelled = Das wurde abgesagt.
words-sorry = Entschuldige, das hat nicht geklappt. { $why }
words-again = Bitte versuch es noch einmal.

words-coming-summon = Jemand ist unterwegs …
words-coming-retry = Jemand anderes ist unterwegs …
words-coming-restyle = Ein neues Porträt entsteht …
words-coming-revoice = Eine neue Stimme wird ausprobiert …
words-coming-film = Der Film entsteht …
words-coming-reply = Eine Antwort ist unterwegs …

words-line-next = Du bist als Nächstes dran.
words-line-unknown =
    { $ahead ->
        [one] Eine Anfrage kommt noch davor dran.
       *[other] { $ahead } Anfragen kommen noch davor dran.
    }
words-line-moment =
    { $ahead ->
        [one] Eine Anfrage kommt noch davor dran, das dauert ein paar Sekunden.
       *[other] { $ahead } Anfragen kommen noch davor dran, das dauert ein paar Sekunden.
    }
words-line-seconds =
    { $ahead ->
        [one] Eine Anfrage kommt noch davor dran, das dauert etwa { $seconds } Sekunden.
       *[other] { $ahead } Anfragen kommen noch davor dran, das dauert etwa { $seconds } Sekunden.
    }
words-line-minutes =
    { $ahead ->
        [one] Eine Anfrage kommt noch davor dran, das dauert etwa { $minutes } Minuten.
       *[other] { $ahead } Anfragen kommen noch davor dran, das dauert etwa { $minutes } Minuten.
    }

words-line-long = Das sind { $count } Zeichen; bitte sag es in höchstens { $most }.

words-file-refused = Hier fehlt eine Datei, weil dieser Chat sie nicht annimmt.
words-file-lost = Hier fehlt eine Datei, weil sie nicht mehr zu finden war.

words-unreadable = Was dafür gemacht wurde, lässt sich nicht mehr lesen.
words-no-portrait = Das Porträt ist diesmal nichts geworden.
words-no-voice = Die Stimme ist diesmal nichts geworden, darum kommt es schriftlich.
words-no-clip = Der Clip ist diesmal nichts geworden.
