# Characters: finding, naming, sharing, bringing back (bot/characters.py).

characters-unknown = Hier kenne ich niemanden, der so heißt.
characters-several = Mehrere Figuren hier heißen so ähnlich: { $names }.
characters-not-yours = Das darf nur, wer diese Figur beschworen hat oder dort moderiert, wo sie beschworen wurde.
characters-name = Ein Name hat 1 bis { $most } Zeichen, bitte.
characters-kinder = Bleiben wir nett: bitte einen anderen Namen.
characters-recall-unknown = Ich habe niemanden gefunden, den ich herholen könnte. Dafür brauche ich den Namen einer deiner Figuren oder den Code einer Figur, die jemand geteilt hat.
