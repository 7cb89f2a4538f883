# Sentences of the pipeline, which knows English only: they are found again by their English (bot/localisation/foreign.py).

pipeline-concept-long = Bitte nimm höchstens { $most } Zeichen, zum Beispiel: ein wütender Apfel.
pipeline-concept-unread = Darin habe ich kein Ding und keine Figur erkannt. Versuch es mit ein paar Worten, etwa: ein wütender Apfel.
pipeline-concept-rude = Bleiben wir nett. Bitte beschreib deine Figur mit freundlicheren Worten.
pipeline-no-style = Es gibt keinen Stil { $wished }. Es gibt: { $known }.
pipeline-real-people = Ich male keine wirklichen Menschen. Bitte beschreibe jemanden oder etwas, das es so nicht gibt.

pipeline-picture-large = Dieses Bild ist zu groß; höchstens { $most } MB, bitte.
pipeline-picture-vast = Dieses Bild ist mir zu groß.
pipeline-picture-format = Diese Datei ist kein Bild, das ich öffnen kann: PNG, JPEG, WebP oder GIF, bitte.
pipeline-picture-no-face = In diesem Bild sehe ich kein Gesicht.
pipeline-picture-several = In diesem Bild sind mehrere Gesichter, und ich weiß nicht, welches du meinst.
pipeline-picture-tiny = Das Gesicht in diesem Bild ist zu klein.
pipeline-picture-cut-off = Das Gesicht in diesem Bild ist abgeschnitten.
pipeline-picture-turned = Das Gesicht in diesem Bild schaut weg; von vorn spricht es am besten.
pipeline-picture-unlikely = Das Gesicht in diesem Bild kann ich nicht erkennen.

pipeline-voice-large = Diese Sprachnachricht ist zu groß; höchstens { $most } MB, bitte.
pipeline-voice-format = Diese Datei ist keine Sprachnachricht, die ich abspielen kann: Ogg, M4A, WebM, MP3 oder WAV, bitte.
pipeline-voice-damaged = Diese Sprachnachricht ist beschädigt, ich kann sie nicht abspielen. Bitte schick sie noch einmal.
pipeline-voice-soundless = In dieser Datei ist kein Ton.
pipeline-voice-long = Diese Sprachnachricht ist länger als { $most } Sekunden. Bitte schick eine kürzere.
pipeline-voice-nothing = Ich konnte dich nicht hören: In dieser Sprachnachricht wird nicht gesprochen.
pipeline-voice-unsure = Ich konnte nicht verstehen, was du gesagt hast. Bitte sag es noch einmal, etwas näher am Mikrofon, oder schreib es.
pipeline-voice-english = { $why } Ich verstehe nur Englisch.

pipeline-no-words = { $name } fand keine Worte. Bitte sag es noch einmal.
pipeline-lost-for-words = { $name } fehlen die Worte. Bitte sag es anders.
pipeline-rude-words = Dem Sprachmodell fielen dazu nur unfreundliche Worte ein. Bitte beschreib eine andere Figur.
pipeline-stands-in = Das Sprachmodell konnte nicht antworten; so lange springt der Demo-Autor ein.
pipeline-animator-stands-in = Der Animator konnte nicht helfen; so lange bewegt ein einfacherer das Gesicht.
pipeline-voice-stands-in = Der Stimmendienst konnte nicht helfen; so lange spricht eine meiner eigenen Stimmen.
pipeline-voice-own = Der Stimmendienst konnte nicht helfen; darum habe ich eine meiner eigenen Stimmen gewählt.
pipeline-worker-died = Der Prozess, der daran gearbeitet hat, ist abgestürzt.
pipeline-unspoken = Die Sprache von { $name } ({ $language }) spricht hier noch keine Stimme.
pipeline-voice-foreign = Die Stimme von { $name } spricht die Sprache dieser Antwort nicht ({ $language }).
pipeline-voice-no-further = Die Stimme bleibt, wie sie ist: weiter in diese Richtung geht hier keine.
pipeline-unread-script = Keine Stimme hier kann diese Schrift bisher vorlesen.
# What stands for all others, by the class of the error (pipeline/errors.py).
error-ChatAnythingError = Bei uns ist etwas schiefgegangen.
error-MissingAsset = Etwas, das ich dafür brauche, ist nicht installiert. Wer mich betreibt, kann das ändern.
error-EngineUnavailable = Was ich dafür brauche, ist gerade nicht eingerichtet. Wer mich betreibt, kann das ändern.
error-Unreachable = Ein Dienst, den ich dafür brauche, antwortet gerade nicht.
error-EngineFailed = Es ist diesmal nichts geworden.
error-EngineBusy = Gerade ist viel los. Bitte versuch es gleich noch einmal.
error-TimedOut = Das hat zu lange gedauert. Bitte versuch es gleich noch einmal.
error-Declined = Ein Inhaltsfilter wollte darauf nicht antworten. Bitte sag es anders.
error-ContextOverflow = Das ist zu viel Text auf einmal.
error-StorageFailed = Ich kann gerade nichts aufschreiben.
