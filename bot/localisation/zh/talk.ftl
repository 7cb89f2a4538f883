# Lines said to characters, and where characters live (bot/discord: talking.py, living.py, permissions.py).

talk-look = 看看这个。
talk-unheard = 我没能读到。请在回复里提及我，或按角色下面的“{ buttons-talk }”按钮。
talk-picture-too-large = 这张图片太大了，请不要超过{ $megabytes } MB。
talk-picture-lost = 无法加载这张图片。请再发一次。
talk-voice-too-large = 这条语音消息太长了，请不要超过{ $megabytes } MB。
talk-voice-lost = 无法加载这条语音消息。请再发一次。

talk-missing-here =
    { $count ->
       *[other] 我在这里做不了：我在这个频道需要权限{ $names }。服务器的管理者可以授予。
    }
talk-missing-thread =
    { $count ->
       *[other] 我在这里做不了：我在这个子区需要权限{ $names }。服务器的管理者可以授予。
    }
talk-locked = 这个子区已锁定：在管理员解锁之前，谁也不能在这里发言。

talk-deaf = 我听不到大家在频道里写的话，所以没有角色能住进去。机器人的运营者要先打开“Message Content Intent”。
talk-settled = { $name }住进了{ $channel }，在那里什么都会回答。以{ $quiet }开头的话不会被回答；`/{ cmd-unsettle }`可以结束。
talk-unsettled = { $channel }里不再住着角色了。
talk-nobody-settled = { $channel }里没有住着角色。
talk-thread-made = { $name }在{ $thread }等你。
talk-settle-where = 角色可以住在服务器的文字频道、语音频道和子区里。
talk-thread-where = 只有在服务器的频道里才能打开子区。在这里可以直接和{ $name }聊天。
