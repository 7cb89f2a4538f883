# Scenes: several characters and people play together (bot/scenes, bot/discord/scenes.py).

scenes-narrator = Erzählstimme
scenes-untitled = Eine Szene
scenes-opens = Die Szene beginnt. Hier sind { $names }.
scenes-enters = { $name } kommt dazu.
scenes-leaves = { $name } geht.

scenes-one-already = Hier wird schon eine Szene gespielt; `/{ cmd-scene } { cmd-scene-end }` beendet sie.
scenes-none = Hier wird keine Szene gespielt; `/{ cmd-scene } { cmd-scene-start }` beginnt eine.
scenes-none-ever = Hier wurde noch keine Szene gespielt; `/{ cmd-scene } { cmd-scene-start }` beginnt eine.
scenes-not-yours = Das darf nur, wer die Szene begonnen hat oder hier moderiert.
scenes-there-already = { $name } ist schon in der Szene.
scenes-not-there = { $name } ist nicht in der Szene.
scenes-full = { $most } Figuren sind genug für eine Szene.
scenes-nobody = Irgendwer muss in einer Szene sein: Wähl mindestens eine Figur.
scenes-paused-already = Die Szene macht schon Pause; mit `/{ cmd-scene } { cmd-scene-resume }` geht es weiter.
scenes-not-paused = Die Szene macht gar keine Pause.
scenes-used-up =
    Die Figuren haben { $lines ->
        [one] ihre eine Zeile
       *[other] alle { $lines } Zeilen
    } dieser Szene gesagt, darum macht sie Pause. Was ihr sagt, wird noch festgehalten; `/{ cmd-scene } { cmd-scene-end }` beendet sie.
scenes-too-fast = Die Figuren haben in einer Stunde { $lines } Zeilen gesagt. Das reicht fürs Erste, darum macht die Szene Pause; später geht es mit `/{ cmd-scene } { cmd-scene-resume }` weiter.
scenes-empty = In dieser Szene wurde nichts gesagt.
scenes-somebody = Jemand
scenes-and = { $first } und { $last }
scenes-ai-note = Eine Szene, die sich Menschen und KI-Figuren zusammen ausgedacht haben. Was die Figuren sagen, hat ein Computerprogramm geschrieben.
scenes-characters = Figuren (KI): { $names }
scenes-people = Menschen: { $names }

scenes-how-free = Wer etwas zu sagen hat, sagt es.
scenes-how-round = Alle sagen etwas, der Reihe nach.
scenes-how-mentioned = Es antwortet, wer genannt wird oder wem jemand antwortet.
scenes-how-picked = Als Nächstes spricht, wer am meisten Grund dazu hat.
scenes-manual = Was ihr hier schreibt, hören alle, bis auf Zeilen, die mit // beginnen. Es sind KI-Figuren. `/{ cmd-scene } { cmd-scene-narrate }` erzählt, was geschieht, `/{ cmd-scene } { cmd-scene-end }` beendet die Szene.
scenes-paused = Die Szene macht Pause. Was gesagt wird, wird festgehalten, und niemand antwortet bis `/{ cmd-scene } { cmd-scene-resume }`.
scenes-resumed = Die Szene geht weiter.
scenes-over = Die Szene ist vorbei. Hier ist alles, was gesagt wurde.
scenes-film-hint = `/{ cmd-scene } { cmd-scene-transcript }` macht auch einen Film daraus.
scenes-deaf = Hier höre ich nur Zeilen, die mich erwähnen oder einer Figur antworten: Wer diesen Bot betreibt, hat „Message Content Intent“ nicht eingeschaltet.
scenes-transcript = Hier ist alles, was gesagt wurde.
