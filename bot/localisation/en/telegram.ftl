# Telegram (bot/telegram).

telegram-ai = AI character

telegram-start = Hello! I turn a few words into a character with a face, a voice and a temper. Try /summon an angry apple, and talk to whoever comes. Characters are computer programs (AI): what they say is made up, and so are their faces and voices. /help lists what I can do.
telegram-help = I turn a few words into a character with a face, a voice and a temper. In a private chat just write; in a group reply to a character, call it by name (“Pip, how are you?”) or mention me. Characters are computer programs (AI): what they say is made up, and so are their faces and voices.
telegram-joined = Hello! I turn a few words into characters with a face, a voice and a temper; they are computer programs (AI), and what they say is made up. Try /summon an angry apple. /help lists what I can do.
telegram-privacy-mode = In this group Telegram lets me hear commands, replies to me and mentions only. To let characters hear their names, an administrator makes me an administrator, too, or my owner switches the privacy mode off (@BotFather, /setprivacy) and adds me anew.
telegram-inline-title = Summon this character
telegram-inline-chat = Talk to me
telegram-description = Write /summon an angry apple, and a character comes: with a temper, a face, a voice, and a greeting in a round video. Then talk to it. Characters are computer programs (AI): what they say is made up.
telegram-short-description = Turns a few words into an AI character that talks.
telegram-ai-long = An AI character: what it says is made up by a computer.
telegram-summoned-with = Summoned with the words
telegram-privacy = I keep the characters you summon, what you say to them and they to you, what they learn about you, and how you want to be answered; nothing is used for anything else. /memory shows what a character knows, /forget makes it forget, /export (in a private chat) sends you all of it, /delete everything deletes all of it.

telegram-nobody = Nobody is here yet. Summon somebody: /summon an angry apple
telegram-gone = This character is not here any more.
telegram-nothing-said = I could not read that. Please write it, or send a picture or a voice message.
telegram-look = Look at this.
telegram-picture-large = That picture is too large; at most { $megabytes } MB, please.
telegram-voice-large = That recording is too large; at most { $megabytes } MB, please.
telegram-not-loaded = I could not load that. Please send it again.
telegram-summon-words = Whom shall I summon? For example: /summon an angry apple · /summon an angry apple, style: noir, voice: deep and old
telegram-option-style = style
telegram-option-voice = voice
telegram-talk-words = What do you want to say? For example: /talk Pip, how are you?
telegram-talk-invite = What do you say to { $name }?
telegram-gallery-here = Characters of this group, page { $number } of { $pages }
telegram-rename-words = Write the name, a comma and the new name: /rename Pip, Pippa
telegram-renamed = It is called { $name } now.
telegram-shared = Whoever opens this link can talk to { $name }: { $link }
telegram-recall-words = Whom shall I bring? Write a name, or the code of a shared character: /recall Pip
telegram-answer-words = Shall characters answer you in writing, by voice or in a clip? Write /answer text, /answer voice, /answer video or /answer any. With a name behind it, it is how that character answers: /answer voice Pip
telegram-memory-empty = { $name } knows nothing about you yet.
telegram-forgotten = { $facts ->
    [0] { $name } knew nothing of that about you.
    [one] { $name } forgot one fact about you.
   *[other] { $name } forgot { $facts } facts about you.
}
telegram-settled = { $name } answers everything here from now on. /unsettle ends that.
telegram-unsettled = Nobody answers everything here any more.
telegram-settings-words = Write a name and a value: /settings language de · /settings summoners everyone or moderators · /settings answer text, voice or video · /settings person 5 and /settings place 50 (characters a day) · /settings quiet // (how lines begin that nobody answers) · /settings topics here, not or all (where I speak). The value “default” takes it back. /settings audit shows who summoned whom.
telegram-settled-in = { $name } answers everything in topic { $topic }.
telegram-audit = Who summoned whom here, page { $number } of { $pages }
telegram-audit-nobody = Nobody was summoned here yet.
telegram-scene-words = Several characters in one conversation: /scene start Pip, Old Oak: a stormy night · /scene add Fern · /scene remove Pip · /scene narrate It rains. · /scene pause · /scene resume · /scene end · /scene transcript · /scene film. Before the names may stand who speaks: free, round, mentioned or picked.
telegram-scene-file = I could not send the file. Please try again: /scene transcript
telegram-left = { $name } has left.
telegram-nothing-to-retry = You have summoned nobody here yet. Summon somebody: /summon an angry apple
telegram-only-private = Please ask me for that in a private chat.
telegram-delete-words = That deletes your characters, what you said and what they know about you, for good. If you want that, write: /delete everything
telegram-not-yours = That button is somebody else's.
telegram-deleted = All of it is deleted.

telegram-command-summon = Turn a few words into a character
telegram-command-talk = Say something to a character
telegram-command-personas = The characters that are here
telegram-command-persona = Who a character is
telegram-command-restyle = Give a character another portrait
telegram-command-revoice = Give a character another voice
telegram-command-retry = Another character from the same words
telegram-command-dismiss = Send a character away
telegram-command-rename = Give a character another name
telegram-command-share = A link to a character, for others
telegram-command-recall = Bring a character into this chat
telegram-command-settle = Let a character answer everything here
telegram-command-unsettle = Nobody answers everything here any more
telegram-command-scene = Several characters in one conversation
telegram-command-settings = What holds in this group
telegram-command-answer = How characters answer you: text, voice or video
telegram-command-memory = What a character knows about you
telegram-command-forget = Make a character forget you
telegram-command-export = Everything that I keep about you, as a file
telegram-command-delete = Delete everything that I keep about you
telegram-command-privacy = What I keep, and how to see and delete it
telegram-command-help = What I can do
