# Scenes: several characters and people play together (bot/scenes, bot/discord/scenes.py).

scenes-narrator = Narration
scenes-untitled = Une scène
scenes-opens = La scène commence. Voici { $names }.
scenes-enters = { $name } entre en scène.
scenes-leaves = { $name } s’en va.

scenes-one-already = Une scène se joue déjà ici ; `/{ cmd-scene } { cmd-scene-end }` la termine.
scenes-none = Aucune scène ne se joue ici ; `/{ cmd-scene } { cmd-scene-start }` en commence une.
scenes-none-ever = Aucune scène ne s’est encore jouée ici ; `/{ cmd-scene } { cmd-scene-start }` en commence une.
scenes-not-yours = Seule la personne qui a commencé la scène, ou la modération, peut faire cela.
scenes-there-already = { $name } est déjà dans la scène.
scenes-not-there = { $name } n’est pas dans la scène.
scenes-full = { $most } personnages suffisent pour une scène.
scenes-nobody = Il faut quelqu’un dans une scène : choisis au moins un personnage.
scenes-paused-already = La scène est déjà en pause ; `/{ cmd-scene } { cmd-scene-resume }` la reprend.
scenes-not-paused = La scène n’est pas en pause.
scenes-used-up =
    Les personnages ont dit { $lines ->
        [one] leur seule réplique
       *[other] leurs { $lines } répliques
    } de cette scène, elle est donc en pause. Ce qui se dit est encore conservé ; `/{ cmd-scene } { cmd-scene-end }` la termine.
scenes-too-fast = Les personnages ont dit { $lines } répliques en une heure, ce qui suffit pour l’instant : la scène est en pause ; `/{ cmd-scene } { cmd-scene-resume }` la reprendra plus tard.
scenes-empty = Rien n’a été dit dans cette scène.
scenes-somebody = Quelqu’un
scenes-and = { $first } et { $last }
scenes-ai-note = Une scène que des gens et des personnages d’IA ont inventée ensemble. Ce que disent les personnages a été écrit par un programme informatique.
scenes-characters = Personnages (IA) : { $names }
scenes-people = Participants : { $names }

scenes-how-free = Qui a quelque chose à dire le dit.
scenes-how-round = Tous disent quelque chose, l’un après l’autre.
scenes-how-mentioned = Répond celui qu’on nomme, ou à qui l’on répond.
scenes-how-picked = Celui qui a le plus de raisons de parler parle ensuite.
scenes-manual = Ce que vous écrivez ici est entendu de tous, sauf les lignes qui commencent par //. Ce sont des personnages d’IA. `/{ cmd-scene } { cmd-scene-narrate }` raconte ce qui se passe, `/{ cmd-scene } { cmd-scene-end }` termine la scène.
scenes-paused = La scène est en pause. Ce qui se dit est conservé, et personne ne répond jusqu’à `/{ cmd-scene } { cmd-scene-resume }`.
scenes-resumed = La scène continue.
scenes-over = La scène est finie. Voici tout ce qui a été dit.
scenes-film-hint = `/{ cmd-scene } { cmd-scene-transcript }` en fait aussi un film.
scenes-deaf = Ici, je n’entends que les lignes qui me mentionnent ou répondent à un personnage : la personne qui gère ce bot n’a pas activé « Message Content Intent ».
scenes-transcript = Voici tout ce qui a été dit.
