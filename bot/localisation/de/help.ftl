# /help (bot/discord/commands.py).

help-title = Was ich kann
help-about = Ich mache aus ein paar Worten eine Figur mit Gesicht, Stimme und Temperament. Figuren sind Computerprogramme (KI): Was sie sagen, ist erfunden, und ihre Gesichter und Stimmen sind es auch.
help-summon = Beschwören
help-summon-text = `/{ cmd-summon }` ruft jemanden herbei: *ein wütender Apfel*, *ein schüchterner Leuchtturm* …
help-talk = Reden
help-talk-text = Antworte einer Figur, sprich sie mit ihrem Namen an (*Pip, wie geht’s?*), erwähne mich, drück unter ihr auf „{ buttons-talk }“ oder schreib mir privat. Sprachnachrichten und Bilder verstehe ich auch.
help-characters = Figuren
help-characters-text = `/{ cmd-personas }` zeigt sie mit ihren Porträts. `/{ cmd-persona } { cmd-persona-show }`, `{ cmd-persona-rename }`, `{ cmd-persona-restyle }`, `{ cmd-persona-revoice }`, `{ cmd-persona-share }`, `{ cmd-persona-recall }` und `{ cmd-persona-dismiss }` gelten einer davon. `/{ cmd-answer }` wählt zwischen Text, Sprachnachrichten und Clips.
help-places = Orte
help-places-text = `/{ cmd-thread }` öffnet einen Thread für eine Figur. Mit `/{ cmd-settle }` wohnt sie in einem Kanal und antwortet dort auf alles; `/{ cmd-unsettle }` beendet das.
help-scenes = Szenen
help-scenes-text = `/{ cmd-scene } { cmd-scene-start }` lässt mehrere Figuren in einem Kanal mit euch spielen.
help-you = Du
help-you-text = `/{ cmd-memory } { cmd-memory-show }` sagt, was eine Figur über dich weiß, `/{ cmd-memory } { cmd-memory-forget }` lässt sie es vergessen. `/{ cmd-privacy } { cmd-privacy-export }` gibt dir alles, was über dich gespeichert ist, `/{ cmd-privacy } { cmd-privacy-delete }` löscht es.
help-moderators = Moderation
help-moderators-text = `/{ cmd-settings }` bestimmt, wer wo und wie viel beschwören darf, die Sprache und wie Figuren antworten. `/{ cmd-settings } { cmd-settings-audit }` zeigt, wer wen beschworen hat.
