# /help (bot/discord/commands.py).

help-title = Ce que je sais faire
help-about = Je transforme quelques mots en un personnage avec un visage, une voix et un caractère. Les personnages sont des programmes informatiques (IA) : ce qu’ils disent est inventé, tout comme leurs visages et leurs voix.
help-summon = Invoquer
help-summon-text = `/{ cmd-summon }` fait venir quelqu’un : *une pomme en colère*, *un phare timide*…
help-talk = Parler
help-talk-text = Réponds à un personnage, appelle-le par son nom (*Pip, comment vas-tu ?*), mentionne-moi, appuie sur « { buttons-talk } » sous lui, ou écris-moi en privé. Je comprends aussi les messages vocaux et les images.
help-characters = Personnages
help-characters-text = `/{ cmd-personas }` les montre avec leurs portraits. `/{ cmd-persona } { cmd-persona-show }`, `{ cmd-persona-rename }`, `{ cmd-persona-restyle }`, `{ cmd-persona-revoice }`, `{ cmd-persona-share }`, `{ cmd-persona-recall }` et `{ cmd-persona-dismiss }` concernent l’un d’eux. `/{ cmd-answer }` choisit entre texte, messages vocaux et clips.
help-places = Lieux
help-places-text = `/{ cmd-thread }` ouvre un fil pour un personnage. `/{ cmd-settle }` l’installe dans un salon, où il répond à tout ; `/{ cmd-unsettle }` y met fin.
help-scenes = Scènes
help-scenes-text = `/{ cmd-scene } { cmd-scene-start }` fait jouer plusieurs personnages avec vous dans un même salon.
help-you = Toi
help-you-text = `/{ cmd-memory } { cmd-memory-show }` dit ce qu’un personnage sait de toi, `/{ cmd-memory } { cmd-memory-forget }` le lui fait oublier. `/{ cmd-privacy } { cmd-privacy-export }` te donne tout ce qui est conservé sur toi, `/{ cmd-privacy } { cmd-privacy-delete }` le supprime.
help-moderators = Modération
help-moderators-text = `/{ cmd-settings }` décide qui peut invoquer, où et combien, la langue, et comment les personnages répondent. `/{ cmd-settings } { cmd-settings-audit }` montre qui a invoqué qui.
