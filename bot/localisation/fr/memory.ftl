# /memory (bot/discord/personal.py).

memory-nothing = { $name } ne sait encore rien de toi.
memory-known = { $name } sait de toi :
memory-forgot-one = { $name } l’a oublié.
memory-no-such = { $name } ne retient rien sous ce numéro à ton sujet.
memory-forgot =
    { $count ->
        [0] { $name } ne savait rien de toi.
        [one] { $name } a oublié une chose sur toi.
       *[other] { $name } a oublié { $count } choses sur toi.
    }
memory-forgot-talk = { $name } a oublié tout ce qui te concerne, et cette conversation.

memory-export = Tout ce qui est conservé sur toi, dans un seul fichier. Personne d’autre ne voit ce message.
memory-export-too-large = Ce qui est conservé sur toi est trop volumineux pour Discord. Demande-le à la personne qui gère ce bot.
memory-delete-sure = Cela supprime tes personnages, ce que les personnages savent de toi, ce que tu as dit et tes réglages. C’est irréversible.
memory-delete-not-yours = Tu ne peux décider cela que pour toi : `/{ cmd-privacy } { cmd-privacy-delete }`
memory-deleted = C’est fait. Plus rien de toi n’est conservé.
