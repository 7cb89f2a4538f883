# /personas (bot/discord/gallery.py).

gallery-mine = Tes personnages, page { $number } sur { $pages }
gallery-here = Personnages de ce serveur, page { $number } sur { $pages }
gallery-nobody-here = Personne n’a encore été invoqué sur ce serveur. À toi l’honneur : `/{ cmd-summon } { opt-summon-text }: une pomme en colère`
gallery-choose = Choisis un personnage…
gallery-to-mine = Les tiens
gallery-to-here = Ceux de ce serveur
gallery-not-yours = Cette liste est à quelqu’un d’autre. `/{ cmd-personas }` te montre les tiens.
