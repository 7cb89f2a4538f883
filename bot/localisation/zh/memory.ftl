# /memory (bot/discord/personal.py).

memory-nothing = { $name }还完全不了解你。
memory-known = { $name }对你的了解：
memory-forgot-one = { $name }已经忘了。
memory-no-such = { $name }记得的关于你的事里没有这个编号。
memory-forgot =
    { $count ->
        [0] { $name }本来就不了解你。
       *[other] { $name }忘记了关于你的{ $count }件事。
    }
memory-forgot-talk = { $name }忘记了对你的了解，也忘记了这段对话。

memory-export = 所有关于你的存储内容，都在这一个文件里。别人看不到这条消息。
memory-export-too-large = 关于你的存储内容太大，Discord发不了。请向这个机器人的运营者索取。
memory-delete-sure = 这会删除你的角色、角色对你的了解、你说过的话以及你的设置，而且无法撤销。
memory-delete-not-yours = 这件事只能由你自己为自己决定：`/{ cmd-privacy } { cmd-privacy-delete }`
memory-deleted = 完成。不再存储任何属于你的内容。
