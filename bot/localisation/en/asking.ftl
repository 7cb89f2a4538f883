# What cannot be asked for (bot/asking.py).

asking-forgotten = Nobody knows any more what was asked for then. Please summon it anew.
asking-wish = Please say in at most { $most } characters how it shall sound.
