# Characters as Discord shows them, and what is done with one (bot/discord: cards.py, acting.py, commands.py).

persona-ai = KI-Figur
persona-made-up = KI-Figur: Was sie sagt, hat ein Computer erfunden.
persona-character = Wesen
persona-words = Beschworen mit den Worten
persona-by = Von
persona-on = Am

persona-gone = Diese Figur ist nicht mehr hier.
persona-nobody-speaks = Das sagt keine Figur, die noch hier ist.
persona-nobody = Noch ist niemand hier. Beschwöre jemanden: `/{ cmd-summon } { opt-summon-text }: ein wütender Apfel`

persona-talk-title = Rede mit { $name }
persona-talk-label = Was sagst du?

persona-left = { $name } hat sich verabschiedet.
persona-renamed = { $before } heißt jetzt { $name }.
persona-shared = Wer diesen Code hat, holt { $name } auf einen anderen Server oder in einen anderen Chat: `/{ cmd-persona } { cmd-persona-recall } { opt-persona-recall-who }: { $code }`
persona-unshared = { $name } wird nicht mehr geteilt: Der Code holt niemanden mehr.

persona-answers-video = { $name } antwortet jetzt mit Clips.
persona-answers-voice = { $name } antwortet jetzt mit Sprachnachrichten.
persona-answers-text = { $name } antwortet jetzt schriftlich.
persona-answers-any = { $name } antwortet, wie es hier üblich ist.
persona-you-video = Du bekommst jetzt Clips als Antwort, egal, mit wem du redest.
persona-you-voice = Du bekommst jetzt Sprachnachrichten als Antwort, egal, mit wem du redest.
persona-you-text = Du bekommst jetzt schriftliche Antworten, egal, mit wem du redest.
persona-you-any = Jede Figur antwortet dir, wie sie mag.
persona-here-video = Figuren antworten hier jetzt mit Clips.
persona-here-voice = Figuren antworten hier jetzt mit Sprachnachrichten.
persona-here-text = Figuren antworten hier jetzt schriftlich.
persona-here-any = Figuren antworten hier jetzt, wie jede mag.
persona-which = Welche Figur? Wähl sie in der Option „{ opt-persona }“.
