# /memory (bot/discord/personal.py).

memory-nothing = { $name } weiß noch nichts über dich.
memory-known = { $name } weiß über dich:
memory-forgot-one = { $name } hat es vergessen.
memory-no-such = { $name } merkt sich nichts mit dieser Nummer über dich.
memory-forgot =
    { $count ->
        [0] { $name } wusste nichts über dich.
        [one] { $name } hat eine Sache über dich vergessen.
       *[other] { $name } hat { $count } Sachen über dich vergessen.
    }
memory-forgot-talk = { $name } hat vergessen, was über dich bekannt war, und dieses Gespräch dazu.

memory-export = Alles, was über dich gespeichert ist, in einer Datei. Niemand sonst sieht diese Nachricht.
memory-export-too-large = Was über dich gespeichert ist, ist zu groß für Discord. Frag die Person danach, die diesen Bot betreibt.
memory-delete-sure = Das löscht deine Figuren, was Figuren über dich wissen, was du gesagt hast, und deine Einstellungen. Es lässt sich nicht rückgängig machen.
memory-delete-not-yours = Das kannst du nur für dich selbst entscheiden: `/{ cmd-privacy } { cmd-privacy-delete }`
memory-deleted = Erledigt. Von dir ist nichts mehr gespeichert.
