# What cannot be asked for (bot/asking.py).

asking-forgotten = Plus personne ne sait ce qui avait été demandé. Invoque à nouveau le personnage.
asking-wish = Dis en { $most } caractères au plus comment il doit parler.
