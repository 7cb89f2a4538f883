# What people may use in 24 hours (bot/limits.py). $n characters, or $used_hours and $used_minutes of clips, were used;
# it takes $hours and $minutes, until $clock (UTC), before there is something left.

limits-summons-person = Tu as invoqué { limits-characters } ces dernières 24 heures, ce qui atteint la limite ici. { limits-next }
limits-summons-place = On a invoqué { limits-characters } ici ces dernières 24 heures, ce qui atteint la limite de ce lieu. { limits-next }
limits-summons-bot = On a invoqué { limits-characters } avec ce bot ces dernières 24 heures, ce qui atteint sa limite. { limits-next }
limits-video-person = Les clips faits pour toi ces dernières 24 heures durent { limits-used }, ce qui atteint la limite ici. { limits-go-on }
limits-video-place = Les clips faits ici ces dernières 24 heures durent { limits-used }, ce qui atteint la limite de ce lieu. { limits-go-on }
limits-video-bot = Les clips faits par ce bot ces dernières 24 heures durent { limits-used }, ce qui atteint sa limite. { limits-go-on }
limits-cost-person = Tes demandes des dernières 24 heures ont coûté tout ce que celles d’une personne peuvent coûter ici. { limits-go-on }
limits-cost-place = Les demandes de ce lieu ont coûté ces dernières 24 heures tout ce qu’elles peuvent coûter. { limits-go-on }
limits-cost-bot = Ce bot a dépensé ces dernières 24 heures tout ce qu’il peut dépenser. { limits-go-on }

limits-off = On ne peut pas invoquer de personnages ici : la personne qui gère ce bot l’a désactivé.
limits-off-here = On ne peut pas invoquer de personnages ici : la modération l’a désactivé.
limits-open =
    { $n ->
        [one] Une de tes demandes est en attente ou en cours.
       *[other] { $n } de tes demandes sont en attente ou en cours.
    } Tu pourras redemander dès que l’une sera terminée.
# Parts of the sentences above.
limits-characters =
    { $n ->
        [one] { $n } personnage
       *[other] { $n } personnages
    }
limits-next = Le prochain sera possible dans { limits-wait } ({ $clock } UTC).
limits-go-on = Tu pourras continuer dans { limits-wait } ({ $clock } UTC).
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
