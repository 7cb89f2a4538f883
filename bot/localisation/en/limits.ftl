# What people may use in 24 hours (bot/limits.py). $n characters, or $used_hours and $used_minutes of clips, were used;
# it takes $hours and $minutes, until $clock (UTC), before there is something left.

limits-summons-person = You have summoned { limits-characters } in the last 24 hours, which reaches the limit here. { limits-next }
limits-summons-place = People in this place have summoned { limits-characters } in the last 24 hours, which reaches its limit. { limits-next }
limits-summons-bot = People have summoned { limits-characters } with this bot in the last 24 hours, which reaches its limit. { limits-next }
limits-video-person = The clips made for you in the last 24 hours last { limits-used }, which reaches the limit here. { limits-go-on }
limits-video-place = The clips made in this place in the last 24 hours last { limits-used }, which reaches its limit. { limits-go-on }
limits-video-bot = The clips made by this bot in the last 24 hours last { limits-used }, which reaches its limit. { limits-go-on }
limits-cost-person = Your requests of the last 24 hours have cost as much as one person's may here. { limits-go-on }
limits-cost-place = The requests of this place in the last 24 hours have cost as much as they may. { limits-go-on }
limits-cost-bot = This bot has spent as much in the last 24 hours as it may. { limits-go-on }

limits-off = No characters can be summoned here: whoever runs this bot has switched that off.
limits-off-here = No characters can be summoned here: those who keep order here have switched that off.
limits-open = { $n ->
    [one] One of your requests is waiting or in work.
   *[other] { $n } of your requests are waiting or in work.
} You can ask again as soon as one of yours is done.

# Parts of the sentences above.
limits-characters = { $n ->
    [one] 1 character
   *[other] { $n } characters
}
limits-next = The next one is free in { limits-wait } ({ $clock } UTC).
limits-go-on = You can go on in { limits-wait } ({ $clock } UTC).
limits-wait = { $hours ->
    [0] { $minutes } min
   *[other] { $minutes ->
        [0] { $hours } h
       *[other] { $hours } h { $minutes } min
    }
}
limits-used = { $used_hours ->
    [0] { $used_minutes } min
   *[other] { $used_minutes ->
        [0] { $used_hours } h
       *[other] { $used_hours } h { $used_minutes } min
    }
}
