# What the bot says around a request, on any platform (bot/words.py and its callers).

words-cancelled = Esto se ha cancelado.
words-sorry = Lo siento, no ha salido bien. { $why }
words-again = Inténtalo otra vez, por favor.

words-coming-summon = Alguien está en camino…
words-coming-retry = Otro personaje está en camino…
words-coming-restyle = Se está haciendo un nuevo retrato…
words-coming-revoice = Se está probando una nueva voz…
words-coming-film = Se está haciendo la película…
words-coming-reply = Una respuesta está en camino…

words-line-next = Ahora te toca a ti.
words-line-unknown =
    { $ahead ->
        [one] Antes va otra petición.
       *[other] Antes van otras { $ahead } peticiones.
    }
words-line-moment =
    { $ahead ->
        [one] Antes va otra petición, que tarda unos segundos.
       *[other] Antes van otras { $ahead } peticiones, que tardan unos segundos.
    }
words-line-seconds =
    { $ahead ->
        [one] Antes va otra petición, que tarda unos { $seconds } segundos.
       *[other] Antes van otras { $ahead } peticiones, que tardan unos { $seconds } segundos.
    }
words-line-minutes =
    { $ahead ->
        [one] Antes va otra petición, que tarda unos { $minutes } minutos.
       *[other] Antes van otras { $ahead } peticiones, que tardan unos { $minutes } minutos.
    }

words-line-long = Son { $count } caracteres; dilo en { $most } como mucho, por favor.

words-file-refused = Aquí falta un archivo, porque este chat no lo acepta.
words-file-lost = Aquí falta un archivo, porque ya no se ha podido encontrar.

words-unreadable = Lo que se hizo para esto ya no se puede leer.
words-no-portrait = El retrato no ha salido esta vez.
words-no-voice = La voz no ha salido esta vez, así que va por escrito.
words-no-clip = El clip no ha salido esta vez.
