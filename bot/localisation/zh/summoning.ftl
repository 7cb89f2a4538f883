# Summoning, and how answers are shown (bot/progress.py, bot/showing.py, bot/discord/summoning.py, layout.py).

summoning-stage-mind = 性格
summoning-stage-voice = 声音
summoning-stage-portrait = 肖像
summoning-stage-clip = 视频

summoning-heard = 听到：{ $text }

summoning-voice-only = 这个聊天不接受视频，所以只发声音。

summoning-private = 我会用私信发给你。
summoning-not-private = 我没法给你发消息：请允许本服务器成员的私信，然后再试一次。
summoning-unknown-style = 我不认识这种风格。可选的有：{ $styles }。
summoning-no-face = { $why }所以我画了一幅肖像。
summoning-unused-picture = 你的图片没法用，所以我画了一幅肖像。
