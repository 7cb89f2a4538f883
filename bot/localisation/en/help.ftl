# /help (bot/discord/commands.py).

help-title = What I do
help-about = I turn a few words into a character with a face, a voice and a temper. Characters are computer programs (AI): what they say is made up, and so are their faces and voices.
help-summon = Summon
help-summon-text = `/summon` brings somebody: *an angry apple*, *a shy lighthouse* …
help-talk = Talk
help-talk-text = Reply to a character, call it by its name (*Pip, how are you?*), mention me, press “Talk” below it, or write to me in private. Voice messages and pictures are understood, too.
help-characters = Characters
help-characters-text = `/personas` shows them with their portraits. `/persona show`, `rename`, `restyle`, `revoice`, `share`, `recall` and `dismiss` are about one of them. `/answer` chooses between text, voice and clips.
help-places = Places
help-places-text = `/thread` opens a thread for a character. `/settle` has it live in a channel, where it answers everything; `/unsettle` ends that.
help-scenes = Scenes
help-scenes-text = `/scene start` has several characters play with you in one channel.
help-you = You
help-you-text = `/memory show` tells what a character knows about you, `/memory forget` makes it forget. `/privacy export` gives you all that is stored about you, `/privacy delete` deletes it.
help-moderators = Moderators
help-moderators-text = `/settings` decides who may summon, where and how much, the language, and how characters answer. `/settings audit` lists who summoned whom.
