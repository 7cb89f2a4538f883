# Characters: finding, naming, sharing, bringing back (bot/characters.py).

characters-unknown = 这里没有叫这个名字的角色。
characters-several = 这里有好几个角色的名字都差不多：{ $names }。
characters-not-yours = 只有召唤这个角色的人，或召唤地点的管理员，才能这么做。
characters-name = 名字需要1到{ $most }个字符。
characters-kinder = 友善一点吧：请换个名字。
characters-recall-unknown = 没有找到可以带来的角色。需要你自己的角色的名字，或别人分享的角色的代码。
