# Characters: finding, naming, sharing, bringing back (bot/characters.py).

characters-unknown = I know nobody of that name here.
characters-several = Several characters here are called something like that: { $names }.
characters-not-yours = Only whoever summoned this character, or those who keep order where it was summoned, can do that.
characters-name = A name has 1 to { $most } characters, please.
characters-kinder = Let's keep it friendly: another name, please.
characters-recall-unknown = I found nobody to bring here. It takes the name of a character of yours, or the code of one that somebody shared.
