# /settings (bot/discord/settings.py).

settings-title = Einstellungen
settings-none = keine
settings-language = Sprache
settings-language-own = die des Servers in Discord
settings-language-yours = deine in Discord
settings-summoners = Wer beschwören darf
settings-everyone = alle
settings-moderators = nur die Moderation
settings-channels = Wo
settings-everywhere = überall
settings-limits = Figuren in 24 Stunden
settings-limits-each = { $count } für jede Person
settings-limits-all = { $count } für den ganzen Server
settings-answer = Antworten
settings-answer-video = Clips
settings-answer-voice = Sprachnachrichten
settings-answer-text = Text
settings-answer-any = wie jede Figur mag
settings-adult = Inhalte für Erwachsene
settings-on = an, in Kanälen mit Altersbeschränkung
settings-off = aus
settings-quiet = Unbeantwortet bleiben Zeilen, die so beginnen
settings-residents = Wer wo wohnt
settings-resident = { $name } in { $channel }

settings-not-age-restricted = Das lässt sich nur in einem Kanal oder auf einem Server einschalten, den Discord als altersbeschränkt kennt.
settings-quiet-short = Das müssen ein bis fünf Zeichen sein, keine Buchstaben und keine Ziffern.

settings-audit = Wer auf diesem Server wen beschworen hat, Seite { $number } von { $pages }
settings-audit-nobody = Auf diesem Server wurde noch niemand beschworen.
settings-audit-line = { $name }, von { $person }, { $time }: { $words }
