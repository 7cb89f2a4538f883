# Summoning, and how answers are shown (bot/progress.py, bot/showing.py, bot/discord/summoning.py, layout.py).

summoning-stage-mind = character
summoning-stage-voice = voice
summoning-stage-portrait = portrait
summoning-stage-clip = clip

summoning-heard = heard: { $text }

summoning-voice-only = This chat does not take the clip, so this is the voice alone.

summoning-private = It will come as a private message from me.
summoning-not-private = I cannot write to you: allow private messages from members of this server, then try again.
summoning-unknown-style = I do not know that style. There is { $styles }.
summoning-no-face = { $why } So I drew a portrait.
summoning-unused-picture = I could not use your picture, so I drew a portrait.
