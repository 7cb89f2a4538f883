# Lines said to characters, and where characters live (bot/discord: talking.py, living.py, permissions.py).

talk-look = Schau dir das an.
talk-unheard = Das konnte ich nicht lesen. Erwähne mich in deiner Antwort oder nimm den Knopf „{ buttons-talk }“ unter der Figur.
talk-picture-too-large = Dieses Bild ist zu groß; höchstens { $megabytes } MB, bitte.
talk-picture-lost = Dieses Bild ließ sich nicht laden. Bitte schick es noch einmal.
talk-voice-too-large = Diese Sprachnachricht ist zu lang; höchstens { $megabytes } MB, bitte.
talk-voice-lost = Diese Sprachnachricht ließ sich nicht laden. Bitte schick sie noch einmal.

talk-missing-here =
    { $count ->
        [one] Das kann ich hier nicht: Ich brauche in diesem Kanal die Berechtigung { $names }. Wer diesen Server führt, kann sie geben.
       *[other] Das kann ich hier nicht: Ich brauche in diesem Kanal die Berechtigungen { $names }. Wer diesen Server führt, kann sie geben.
    }
talk-missing-thread =
    { $count ->
        [one] Das kann ich hier nicht: Ich brauche in diesem Thread die Berechtigung { $names }. Wer diesen Server führt, kann sie geben.
       *[other] Das kann ich hier nicht: Ich brauche in diesem Thread die Berechtigungen { $names }. Wer diesen Server führt, kann sie geben.
    }
talk-locked = Dieser Thread ist gesperrt: Niemand kann hier schreiben, bis ihn die Moderation wieder öffnet.

talk-deaf = Ich höre nicht, was in Kanälen geschrieben wird, also kann in keinem jemand wohnen. Wer diesen Bot betreibt, muss erst „Message Content Intent“ einschalten.
talk-settled = { $name } wohnt in { $channel } und antwortet dort auf alles. Zeilen, die mit { $quiet } beginnen, bleiben unbeantwortet; `/{ cmd-unsettle }` beendet es.
talk-unsettled = In { $channel } wohnt niemand mehr.
talk-nobody-settled = In { $channel } wohnt niemand.
talk-thread-made = { $name } wartet auf dich in { $thread }.
talk-settle-where = Figuren können in den Textkanälen, Sprachkanälen und Threads eines Servers wohnen.
talk-thread-where = Ein Thread lässt sich nur in einem Kanal eines Servers öffnen. Hier kannst du mit { $name } einfach reden.
