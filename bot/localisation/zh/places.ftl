# What places and people decide: who may summon, where, in which language (bot/places.py).

places-moderators-only = 只有这里的管理员才能更改。
places-summoners = 这里只有管理员才能带来角色。
places-elsewhere = 我不能在这里说话；管理者为我选了别的地方。
places-language = 我还不会这种语言。可选的有：{ $languages }。
places-private = 私聊里没有别人需要允许或限制。
places-number = 限额是0到{ $most }之间的数字。
places-adult = 友善一点吧：这里请不要有色情内容。
places-never = 不行。无论在哪里，我都不做涉及儿童的色情内容。
