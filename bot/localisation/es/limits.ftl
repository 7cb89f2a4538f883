# What people may use in 24 hours (bot/limits.py). $n characters, or $used_hours and $used_minutes of clips, were used;
# it takes $hours and $minutes, until $clock (UTC), before there is something left.

limits-summons-person = Has invocado { limits-characters } en las últimas 24 horas, y ese es el límite aquí. { limits-next }
limits-summons-place = En este lugar se han invocado { limits-characters } en las últimas 24 horas, y ese es su límite. { limits-next }
limits-summons-bot = Con este bot se han invocado { limits-characters } en las últimas 24 horas, y ese es su límite. { limits-next }
limits-video-person = Los clips hechos para ti en las últimas 24 horas duran { limits-used }, y ese es el límite aquí. { limits-go-on }
limits-video-place = Los clips hechos en este lugar en las últimas 24 horas duran { limits-used }, y ese es su límite. { limits-go-on }
limits-video-bot = Los clips hechos por este bot en las últimas 24 horas duran { limits-used }, y ese es su límite. { limits-go-on }
limits-cost-person = Lo que has pedido en las últimas 24 horas ha costado todo lo que puede costar lo de una persona aquí. { limits-go-on }
limits-cost-place = Lo que se ha pedido en este lugar en las últimas 24 horas ha costado todo lo que puede costar. { limits-go-on }
limits-cost-bot = Este bot ha gastado en las últimas 24 horas todo lo que puede gastar. { limits-go-on }

limits-off = Aquí no se pueden invocar personajes: quien administra este bot lo ha desactivado.
limits-off-here = Aquí no se pueden invocar personajes: la moderación lo ha desactivado.
limits-open =
    { $n ->
        [one] Una de tus peticiones está esperando o en marcha.
       *[other] { $n } de tus peticiones están esperando o en marcha.
    } Podrás pedir más en cuanto termine una de ellas.
# Parts of the sentences above.
limits-characters =
    { $n ->
        [one] 1 personaje
       *[other] { $n } personajes
    }
limits-next = El próximo se podrá invocar dentro de { limits-wait } ({ $clock } UTC).
limits-go-on = Podrás seguir dentro de { limits-wait } ({ $clock } UTC).
limits-wait =
    { $hours ->
        [0] { $minutes } min
       *[other]
            { $minutes ->
                [0] { $hours } h
               *[other] { $hours } h { $minutes } min
            }
    }
limits-used =
    { $used_hours ->
        [0] { $used_minutes } min
       *[other]
            { $used_minutes ->
                [0] { $used_hours } h
               *[other] { $used_hours } h { $used_minutes } min
            }
    }
