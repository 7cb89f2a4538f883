# /settings (bot/discord/settings.py).

settings-title = 设置
settings-none = 无
settings-language = 语言
settings-language-own = 与服务器在Discord中的语言相同
settings-language-yours = 与你在Discord中的语言相同
settings-summoners = 谁可以召唤
settings-everyone = 所有人
settings-moderators = 管理员
settings-channels = 地点
settings-everywhere = 任何频道
settings-limits = 24小时内的角色数
settings-limits-each = 每人{ $count }个
settings-limits-all = 整个服务器{ $count }个
settings-answer = 回答方式
settings-answer-video = 视频
settings-answer-voice = 语音消息
settings-answer-text = 文字
settings-answer-any = 由角色自己决定
settings-adult = 成人内容
settings-on = 在有年龄限制的频道开启
settings-off = 关闭
settings-quiet = 以此开头的话不会被回答
settings-residents = 谁住在哪里
settings-resident = { $name }，在{ $channel }

settings-not-age-restricted = 只有在Discord标为有年龄限制的频道或服务器里才能开启。
settings-quiet-short = 必须是一到五个符号，不能有字母或数字。

settings-audit = 谁在本服务器召唤了谁，第{ $number }页，共{ $pages }页
settings-audit-nobody = 本服务器还没有召唤过任何角色。
settings-audit-line = { $name }，{ $person }，{ $time }：{ $words }
