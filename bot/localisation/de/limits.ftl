# What people may use in 24 hours (bot/limits.py). $n characters, or $used_hours and $used_minutes of clips, were used;
# it takes $hours and $minutes, until $clock (UTC), before there is something left.

limits-summons-person = Du hast in den letzten 24 Stunden { limits-characters } beschworen; mehr sind hier nicht erlaubt. { limits-next }
limits-summons-place = Hier wurden in den letzten 24 Stunden { limits-characters } beschworen; mehr sind an diesem Ort nicht erlaubt. { limits-next }
limits-summons-bot = Mit diesem Bot wurden in den letzten 24 Stunden { limits-characters } beschworen; mehr sind nicht erlaubt. { limits-next }
limits-video-person = Die Clips, die in den letzten 24 Stunden für dich gemacht wurden, dauern { limits-used }; mehr ist hier nicht erlaubt. { limits-go-on }
limits-video-place = Die Clips, die in den letzten 24 Stunden hier gemacht wurden, dauern { limits-used }; mehr ist an diesem Ort nicht erlaubt. { limits-go-on }
limits-video-bot = Die Clips, die dieser Bot in den letzten 24 Stunden gemacht hat, dauern { limits-used }; mehr ist nicht erlaubt. { limits-go-on }
limits-cost-person = Deine Anfragen der letzten 24 Stunden haben so viel gekostet, wie die einer Person hier kosten dürfen. { limits-go-on }
limits-cost-place = Die Anfragen an diesem Ort haben in den letzten 24 Stunden so viel gekostet, wie sie dürfen. { limits-go-on }
limits-cost-bot = Dieser Bot hat in den letzten 24 Stunden so viel ausgegeben, wie er darf. { limits-go-on }

limits-off = Hier können keine Figuren beschworen werden: Wer diesen Bot betreibt, hat das abgeschaltet.
limits-off-here = Hier können keine Figuren beschworen werden: Die Moderation hat das abgeschaltet.
limits-open =
    { $n ->
        [one] Eine deiner Anfragen wartet noch oder ist in Arbeit.
       *[other] { $n } deiner Anfragen warten noch oder sind in Arbeit.
    } Sobald eine davon fertig ist, kannst du wieder fragen.
# Parts of the sentences above.
limits-characters =
    { $n ->
        [one] 1 Figur
       *[other] { $n } Figuren
    }
limits-next = Die nächste ist in { limits-wait } frei ({ $clock } UTC).
limits-go-on = Weiter geht es in { limits-wait } ({ $clock } UTC).
limits-wait =
    { $hours ->
        [0] { $minutes } Min.
       *[other]
            { $minutes ->
                [0] { $hours } Std.
               *[other] { $hours } Std. { $minutes } Min.
            }
    }
limits-used =
    { $used_hours ->
        [0] { $used_minutes } Min.
       *[other]
            { $used_minutes ->
                [0] { $used_hours } Std.
               *[other] { $used_hours } Std. { $used_minutes } Min.
            }
    }
