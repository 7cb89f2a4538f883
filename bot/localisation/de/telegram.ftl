# Telegram (bot/telegram).

telegram-ai = KI-Figur

telegram-start = Hallo! Ich mache aus ein paar Worten eine Figur mit Gesicht, Stimme und Temperament. Versuch /summon ein wütender Apfel, und rede mit dem, was da kommt. Figuren sind Computerprogramme (KI): Was sie sagen, ist erfunden, und ihre Gesichter und Stimmen sind es auch. /help sagt, was ich alles kann.
telegram-help = Ich mache aus ein paar Worten eine Figur mit Gesicht, Stimme und Temperament. Im privaten Chat schreib einfach; in einer Gruppe antworte einer Figur, sprich sie mit ihrem Namen an („Pip, wie geht’s?“) oder erwähne mich. Figuren sind Computerprogramme (KI): Was sie sagen, ist erfunden, und ihre Gesichter und Stimmen sind es auch.
telegram-joined = Hallo! Ich mache aus ein paar Worten Figuren mit Gesicht, Stimme und Temperament; sie sind Computerprogramme (KI), und was sie sagen, ist erfunden. Versucht /summon ein wütender Apfel. /help sagt, was ich alles kann.
telegram-privacy-mode = In dieser Gruppe lässt Telegram mich nur Befehle, Antworten an mich und Erwähnungen hören. Damit Figuren auf ihren Namen hören, macht mich ein Administrator auch zum Administrator, oder mein Betreiber schaltet den Privatsphäre-Modus aus (@BotFather, /setprivacy) und fügt mich neu hinzu.
telegram-inline-title = Diese Figur beschwören
telegram-inline-chat = Rede mit mir
telegram-description = Schreib /summon ein wütender Apfel, und es kommt eine Figur: mit Temperament, Gesicht, Stimme und einem Gruß als rundes Video. Dann rede mit ihr. Figuren sind Computerprogramme (KI): Was sie sagen, ist erfunden.
telegram-short-description = Macht aus ein paar Worten eine KI-Figur, die spricht.
telegram-ai-long = Eine KI-Figur: Was sie sagt, hat ein Computer erfunden.
telegram-summoned-with = Beschworen mit den Worten
telegram-privacy = Ich speichere die Figuren, die du beschwörst, was du ihnen und sie dir sagen, was sie über dich erfahren und wie du Antworten haben willst; für etwas anderes wird nichts davon benutzt. /memory zeigt, was eine Figur weiß, /forget lässt sie es vergessen, /export (im privaten Chat) schickt dir alles, /delete everything löscht alles.

telegram-nobody = Noch ist niemand hier. Beschwöre jemanden: /summon ein wütender Apfel
telegram-gone = Diese Figur ist nicht mehr hier.
telegram-nothing-said = Das konnte ich nicht lesen. Bitte schreib es oder schick ein Bild oder eine Sprachnachricht.
telegram-look = Schau dir das an.
telegram-picture-large = Dieses Bild ist zu groß; höchstens { $megabytes } MB, bitte.
telegram-voice-large = Diese Aufnahme ist zu groß; höchstens { $megabytes } MB, bitte.
telegram-not-loaded = Das ließ sich nicht laden. Bitte schick es noch einmal.
telegram-summon-words = Wen soll ich beschwören? Zum Beispiel: /summon ein wütender Apfel · /summon ein wütender Apfel, Stil: noir, Stimme: tief und alt
telegram-option-style = Stil
telegram-option-voice = Stimme
telegram-talk-words = Was möchtest du sagen? Zum Beispiel: /talk Pip, wie geht’s?
telegram-talk-invite = Was sagst du zu { $name }?
telegram-gallery-here = Figuren dieser Gruppe, Seite { $number } von { $pages }
telegram-rename-words = Schreib den Namen, ein Komma und den neuen Namen: /rename Pip, Pippa
telegram-renamed = Die Figur heißt jetzt { $name }.
telegram-shared = Wer diesen Link öffnet, kann mit { $name } reden: { $link }
telegram-recall-words = Wen soll ich holen? Schreib einen Namen oder den Code einer geteilten Figur: /recall Pip
telegram-answer-words = Sollen dir Figuren schriftlich, mit der Stimme oder in einem Clip antworten? Schreib /answer text, /answer voice, /answer video oder /answer any. Mit einem Namen dahinter gilt es für diese Figur: /answer voice Pip
telegram-memory-empty = { $name } weiß noch nichts über dich.
telegram-forgotten =
    { $facts ->
        [0] { $name } wusste nichts davon über dich.
        [one] { $name } hat eine Sache über dich vergessen.
       *[other] { $name } hat { $facts } Sachen über dich vergessen.
    }
telegram-settled = { $name } antwortet hier von nun an auf alles. /unsettle beendet das.
telegram-unsettled = Niemand antwortet hier mehr auf alles.
telegram-settings-words = Schreib einen Namen und einen Wert: /settings language de · /settings summoners everyone oder moderators · /settings answer text, voice oder video · /settings person 5 und /settings place 50 (Figuren am Tag) · /settings quiet // (womit Zeilen beginnen, auf die niemand antwortet) · /settings topics here, not oder all (wo ich spreche). Der Wert „default“ nimmt es zurück. /settings audit zeigt, wer wen beschworen hat.
telegram-settled-in = { $name } antwortet im Thema { $topic } auf alles.
telegram-audit = Wer hier wen beschworen hat, Seite { $number } von { $pages }
telegram-audit-nobody = Hier wurde noch niemand beschworen.
telegram-scene-words = Mehrere Figuren in einem Gespräch: /scene start Pip, Alte Eiche: eine stürmische Nacht · /scene add Farn · /scene remove Pip · /scene narrate Es regnet. · /scene pause · /scene resume · /scene end · /scene transcript · /scene film. Vor den Namen kann stehen, wer spricht: free, round, mentioned oder picked.
telegram-scene-file = Ich konnte die Datei nicht schicken. Bitte versuch es noch einmal: /scene transcript
telegram-left = { $name } hat sich verabschiedet.
telegram-nothing-to-retry = Du hast hier noch niemanden beschworen. Beschwöre jemanden: /summon ein wütender Apfel
telegram-only-private = Bitte frag mich das in einem privaten Chat.
telegram-delete-words = Das löscht deine Figuren, was du gesagt hast und was sie über dich wissen, und zwar für immer. Wenn du das willst, schreib: /delete everything
telegram-not-yours = Dieser Knopf gehört jemand anderem.
telegram-deleted = Alles ist gelöscht.

telegram-command-summon = Mach aus ein paar Worten eine Figur
telegram-command-talk = Sag etwas zu einer Figur
telegram-command-personas = Die Figuren, die hier sind
telegram-command-persona = Wer eine Figur ist
telegram-command-restyle = Gib einer Figur ein neues Porträt
telegram-command-revoice = Gib einer Figur eine neue Stimme
telegram-command-retry = Eine andere Figur aus denselben Worten
telegram-command-dismiss = Verabschiede eine Figur
telegram-command-rename = Gib einer Figur einen anderen Namen
telegram-command-share = Ein Link zu einer Figur, für andere
telegram-command-recall = Hol eine Figur in diesen Chat
telegram-command-settle = Lass eine Figur hier auf alles antworten
telegram-command-unsettle = Niemand antwortet hier mehr auf alles
telegram-command-scene = Mehrere Figuren in einem Gespräch
telegram-command-settings = Was in dieser Gruppe gilt
telegram-command-answer = Wie Figuren dir antworten: Text, Stimme oder Video
telegram-command-memory = Was eine Figur über dich weiß
telegram-command-forget = Lass eine Figur dich vergessen
telegram-command-export = Alles, was ich über dich gespeichert habe, als Datei
telegram-command-delete = Lösch alles, was ich über dich gespeichert habe
telegram-command-privacy = Was ich speichere, und wie du es siehst und löschst
telegram-command-help = Was ich kann
