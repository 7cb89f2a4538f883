# Summoning, and how answers are shown (bot/progress.py, bot/showing.py, bot/discord/summoning.py, layout.py).

summoning-stage-mind = Figur
summoning-stage-voice = Stimme
summoning-stage-portrait = Porträt
summoning-stage-clip = Clip

summoning-heard = gehört: { $text }

summoning-voice-only = Dieser Chat nimmt den Clip nicht an, darum kommt nur die Stimme.

summoning-private = Es kommt als private Nachricht von mir.
summoning-not-private = Ich kann dir nicht schreiben: Erlaube private Nachrichten von Mitgliedern dieses Servers und versuch es noch einmal.
summoning-unknown-style = Diesen Stil kenne ich nicht. Es gibt { $styles }.
summoning-no-face = { $why } Also habe ich ein Porträt gezeichnet.
summoning-unused-picture = Mit deinem Bild konnte ich nichts anfangen, also habe ich ein Porträt gezeichnet.
