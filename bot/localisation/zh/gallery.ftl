# /personas (bot/discord/gallery.py).

gallery-mine = 你的角色，第{ $number }页，共{ $pages }页
gallery-here = 本服务器的角色，第{ $number }页，共{ $pages }页
gallery-nobody-here = 本服务器还没有召唤过任何角色。你来当第一个吧：`/{ cmd-summon } { opt-summon-text }: 一个愤怒的苹果`
gallery-choose = 选择一个角色……
gallery-to-mine = 你的
gallery-to-here = 本服务器的
gallery-not-yours = 这是别人的列表。`/{ cmd-personas }`可以看你自己的。
