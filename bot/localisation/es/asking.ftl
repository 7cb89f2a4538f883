# What cannot be asked for (bot/asking.py).

asking-forgotten = Ya nadie sabe qué se pidió entonces. Invoca al personaje de nuevo, por favor.
asking-wish = Di en { $most } caracteres como mucho cómo debe sonar, por favor.
