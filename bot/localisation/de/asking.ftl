# What cannot be asked for (bot/asking.py).

asking-forgotten = Niemand weiß mehr, worum es damals ging. Bitte beschwöre die Figur neu.
asking-wish = Bitte sag in höchstens { $most } Zeichen, wie es klingen soll.
