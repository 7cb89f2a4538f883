# /settings (bot/discord/settings.py).

settings-title = Settings
settings-none = none
settings-language = Language
settings-language-own = as the server's in Discord
settings-language-yours = as yours in Discord
settings-summoners = Who may summon
settings-everyone = everyone
settings-moderators = moderators
settings-channels = Where
settings-everywhere = everywhere
settings-limits = Characters in 24 hours
settings-limits-each = { $count } for each person
settings-limits-all = { $count } for the whole server
settings-answer = Answers
settings-answer-video = clips
settings-answer-voice = voice messages
settings-answer-text = text
settings-answer-any = as each character likes
settings-adult = Adult content
settings-on = on, in age-restricted channels
settings-off = off
settings-quiet = Lines that nobody answers begin with
settings-residents = Who lives where
settings-resident = { $name } in { $channel }

settings-not-age-restricted = That can only be switched on in a channel or on a server that Discord knows as age-restricted.
settings-quiet-short = That must be one to five characters, and no letters or digits.

settings-audit = Who summoned whom on this server, page { $number } of { $pages }
settings-audit-nobody = Nobody was summoned on this server yet.
settings-audit-line = { $name }, by { $person }, { $time }: { $words }
