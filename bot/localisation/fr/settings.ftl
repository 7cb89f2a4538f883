# /settings (bot/discord/settings.py).

settings-title = Paramètres
settings-none = aucune
settings-language = Langue
settings-language-own = celle du serveur dans Discord
settings-language-yours = la tienne dans Discord
settings-summoners = Qui peut invoquer
settings-everyone = tout le monde
settings-moderators = la modération
settings-channels = Où
settings-everywhere = partout
settings-limits = Personnages en 24 heures
settings-limits-each = { $count } par personne
settings-limits-all = { $count } pour tout le serveur
settings-answer = Réponses
settings-answer-video = clips
settings-answer-voice = messages vocaux
settings-answer-text = texte
settings-answer-any = au gré de chaque personnage
settings-adult = Contenu pour adultes
settings-on = activé, dans les salons soumis à une limite d’âge
settings-off = désactivé
settings-quiet = Lignes sans réponse : celles qui commencent par
settings-residents = Qui habite où
settings-resident = { $name } dans { $channel }

settings-not-age-restricted = Cela ne s’active que dans un salon ou sur un serveur que Discord soumet à une limite d’âge.
settings-quiet-short = Il faut un à cinq signes, sans lettres ni chiffres.

settings-audit = Qui a invoqué qui sur ce serveur, page { $number } sur { $pages }
settings-audit-nobody = Personne n’a encore été invoqué sur ce serveur.
settings-audit-line = { $name }, par { $person }, { $time } : { $words }
