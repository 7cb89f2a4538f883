# What people may use in 24 hours (bot/limits.py). $n characters, or $used_hours and $used_minutes of clips, were used;
# it takes $hours and $minutes, until $clock (UTC), before there is something left.

limits-summons-person = 过去24小时你召唤了{ limits-characters }，已达到这里的上限。{ limits-next }
limits-summons-place = 过去24小时这里召唤了{ limits-characters }，已达到此处的上限。{ limits-next }
limits-summons-bot = 过去24小时用这个机器人召唤了{ limits-characters }，已达到它的上限。{ limits-next }
limits-video-person = 过去24小时为你制作的视频共{ limits-used }，已达到这里的上限。{ limits-go-on }
limits-video-place = 过去24小时在这里制作的视频共{ limits-used }，已达到此处的上限。{ limits-go-on }
limits-video-bot = 过去24小时这个机器人制作的视频共{ limits-used }，已达到它的上限。{ limits-go-on }
limits-cost-person = 你过去24小时的请求已经用完了一个人在这里可用的费用。{ limits-go-on }
limits-cost-place = 这里过去24小时的请求已经用完了可用的费用。{ limits-go-on }
limits-cost-bot = 这个机器人过去24小时已经用完了可用的费用。{ limits-go-on }

limits-off = 这里不能召唤角色：机器人的运营者关闭了这项功能。
limits-off-here = 这里不能召唤角色：管理员关闭了这项功能。
limits-open = 你有{ $n }个请求正在等待或处理中。其中一个完成后，你就可以再提了。
# Parts of the sentences above.
limits-characters = { $n }个角色
limits-next = { limits-wait }后可以召唤下一个（{ $clock } UTC）。
limits-go-on = { limits-wait }后可以继续（{ $clock } UTC）。
limits-wait =
    { $hours ->
        [0] { $minutes }分钟
       *[other]
            { $minutes ->
                [0] { $hours }小时
               *[other] { $hours }小时{ $minutes }分钟
            }
    }
limits-used =
    { $used_hours ->
        [0] { $used_minutes }分钟
       *[other]
            { $used_minutes ->
                [0] { $used_hours }小时
               *[other] { $used_hours }小时{ $used_minutes }分钟
            }
    }
