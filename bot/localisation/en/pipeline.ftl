# Sentences of the pipeline, which knows English only: they are found again by their English (bot/localisation/foreign.py).

pipeline-concept-long = Please use at most { $most } characters, for example: an angry apple.
pipeline-concept-unread = I could not read a thing or a character in that. Try a few words, like: an angry apple.
pipeline-concept-rude = Let's keep it friendly. Please describe your character in kinder words.
pipeline-no-style = There is no style { $wished }. Known: { $known }.
pipeline-real-people = I do not paint real people. Please describe somebody, or something, that nobody is.

pipeline-picture-large = That picture is too large; at most { $most } MB, please.
pipeline-picture-vast = That picture is too large for me.
pipeline-picture-format = That file is not a picture that I can open: PNG, JPEG, WebP or GIF, please.
pipeline-picture-no-face = I see no face in that picture.
pipeline-picture-several = There are several faces in that picture, and I cannot tell which one you mean.
pipeline-picture-tiny = The face in that picture is too small.
pipeline-picture-cut-off = The face in that picture is cut off.
pipeline-picture-turned = The face in that picture looks away; one from the front speaks best.
pipeline-picture-unlikely = I cannot make out the face in that picture.

pipeline-voice-large = That voice message is too large; at most { $most } MB, please.
pipeline-voice-format = That file is not a voice message that I can play: Ogg, M4A, WebM, MP3 or WAV, please.
pipeline-voice-damaged = That voice message is damaged: I cannot play it. Please send it again.
pipeline-voice-soundless = There is no sound in that file.
pipeline-voice-long = That voice message is longer than { $most } seconds. Please send a shorter one.
pipeline-voice-nothing = I could not hear you: there is no speech in that voice message.
pipeline-voice-unsure = I could not make out what you said. Please say it again, a little closer to the microphone, or type it.
pipeline-voice-english = { $why } I understand only English.

pipeline-no-words = { $name } found no words. Please say it again.
pipeline-lost-for-words = { $name } is lost for words. Please say it another way.
pipeline-rude-words = The language model found only rude words for that. Please describe another character.
pipeline-stands-in = { $why } The demo writer stands in meanwhile.
pipeline-animator-stands-in = { $why } A simpler animator moves the face meanwhile.
pipeline-voice-stands-in = { $why } A voice of my own speaks meanwhile.
pipeline-voice-own = { $why } A voice of my own was chosen instead.
pipeline-worker-died = The process that worked on it died.
pipeline-unspoken = No voice here speaks the language of { $name } ({ $language }) yet.
pipeline-voice-foreign = The voice of { $name } does not speak the language of this answer ({ $language }).
pipeline-voice-no-further = The voice stays as it is: none here goes further that way.
pipeline-unread-script = No voice here can read that script aloud yet.

# What stands for all others, by the class of the error (pipeline/errors.py).
error-ChatAnythingError = Something went wrong on our side.
error-MissingAsset = Something that I need for this is not installed. Whoever runs me can change that.
error-EngineUnavailable = What I need for this is not set up right now. Whoever runs me can change that.
error-Unreachable = A service that I need for this does not answer right now.
error-EngineFailed = It did not come out this time.
error-EngineBusy = There is a lot to do right now. Please try again in a moment.
error-TimedOut = That took too long. Please try again in a moment.
error-Declined = A content filter did not want to answer that. Please say it another way.
error-ContextOverflow = That is too much text at once.
error-StorageFailed = I cannot write anything down right now.
