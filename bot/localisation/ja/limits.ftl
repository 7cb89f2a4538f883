# What people may use in 24 hours (bot/limits.py). $n characters, or $used_hours and $used_minutes of clips, were used;
# it takes $hours and $minutes, until $clock (UTC), before there is something left.

limits-summons-person = あなたはこの24時間に{ limits-characters }を召喚し、ここでの上限に達しました。{ limits-next }
limits-summons-place = ここではこの24時間に{ limits-characters }が召喚され、この場所の上限に達しました。{ limits-next }
limits-summons-bot = このBotではこの24時間に{ limits-characters }が召喚され、上限に達しました。{ limits-next }
limits-video-person = この24時間にあなたのために作られた動画は合わせて{ limits-used }で、ここでの上限に達しました。{ limits-go-on }
limits-video-place = この24時間にここで作られた動画は合わせて{ limits-used }で、この場所の上限に達しました。{ limits-go-on }
limits-video-bot = この24時間にこのBotが作った動画は合わせて{ limits-used }で、上限に達しました。{ limits-go-on }
limits-cost-person = あなたのこの24時間の依頼は、ここで一人が使える費用に達しました。{ limits-go-on }
limits-cost-place = この場所のこの24時間の依頼は、使える費用に達しました。{ limits-go-on }
limits-cost-bot = このBotはこの24時間に使える費用をすべて使いました。{ limits-go-on }

limits-off = ここではキャラクターを召喚できません。このBotの運営者がオフにしています。
limits-off-here = ここではキャラクターを召喚できません。モデレーターがオフにしています。
limits-open = あなたの依頼{ $n }件が待っているか、作業中です。どれか一つ終われば、また頼めます。
# Parts of the sentences above.
limits-characters = { $n }人のキャラクター
limits-next = 次に召喚できるのは{ limits-wait }後です（{ $clock } UTC）。
limits-go-on = { limits-wait }後に続けられます（{ $clock } UTC）。
limits-wait =
    { $hours ->
        [0] { $minutes }分
       *[other]
            { $minutes ->
                [0] { $hours }時間
               *[other] { $hours }時間{ $minutes }分
            }
    }
limits-used =
    { $used_hours ->
        [0] { $used_minutes }分
       *[other]
            { $used_minutes ->
                [0] { $used_hours }時間
               *[other] { $used_hours }時間{ $used_minutes }分
            }
    }
