# Characters as Discord shows them, and what is done with one (bot/discord: cards.py, acting.py, commands.py).

persona-ai = AI character
persona-made-up = AI character: what it says is made up by a computer.
persona-character = Character
persona-words = Summoned with the words
persona-by = By
persona-on = On

persona-gone = This character is not here any more.
persona-nobody-speaks = No character that is still here says that.
persona-nobody = Nobody is here yet. Summon somebody: `/summon text: an angry apple`

persona-talk-title = Talk to { $name }
persona-talk-label = What do you say?

persona-left = { $name } has left.
persona-renamed = { $before } is called { $name } now.
persona-shared = Whoever has this code brings { $name } into another server or chat: `/persona recall who: { $code }`
persona-unshared = { $name } is not shared any more: its code brings nobody.

persona-answers-video = { $name } answers with clips now.
persona-answers-voice = { $name } answers with voice messages now.
persona-answers-text = { $name } answers in writing now.
persona-answers-any = { $name } answers as is usual here.
persona-you-video = You are answered with clips now, whoever you talk to.
persona-you-voice = You are answered with voice messages now, whoever you talk to.
persona-you-text = You are answered in writing now, whoever you talk to.
persona-you-any = You are answered as each character likes.
persona-here-video = Characters answer with clips here now.
persona-here-voice = Characters answer with voice messages here now.
persona-here-text = Characters answer in writing here now.
persona-here-any = Characters answer here as each of them likes.
persona-which = Which character? Choose it in the option “persona”.
