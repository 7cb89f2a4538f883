# Characters as Discord shows them, and what is done with one (bot/discord: cards.py, acting.py, commands.py).

persona-ai = AI角色
persona-made-up = AI角色：它说的话是计算机编的。
persona-character = 性格
persona-words = 召唤用语
persona-by = 召唤者
persona-on = 日期

persona-gone = 这个角色已经不在这里了。
persona-nobody-speaks = 这不是仍在这里的角色说的话。
persona-nobody = 这里还没有角色。召唤一个吧：`/{ cmd-summon } { opt-summon-text }: 一个愤怒的苹果`

persona-talk-title = 和{ $name }聊天
persona-talk-label = 你想说什么？

persona-left = { $name }离开了。
persona-renamed = { $before }现在叫{ $name }。
persona-shared = 有这个代码的人可以把{ $name }带到别的服务器或聊天：`/{ cmd-persona } { cmd-persona-recall } { opt-persona-recall-who }: { $code }`
persona-unshared = { $name }不再分享：它的代码已经无效。

persona-answers-video = { $name }现在用视频回答。
persona-answers-voice = { $name }现在用语音消息回答。
persona-answers-text = { $name }现在用文字回答。
persona-answers-any = { $name }按这里惯常的方式回答。
persona-you-video = 现在无论你和谁聊，都会用视频回答你。
persona-you-voice = 现在无论你和谁聊，都会用语音消息回答你。
persona-you-text = 现在无论你和谁聊，都会用文字回答你。
persona-you-any = 每个角色按自己喜欢的方式回答你。
persona-here-video = 这里的角色现在用视频回答。
persona-here-voice = 这里的角色现在用语音消息回答。
persona-here-text = 这里的角色现在用文字回答。
persona-here-any = 这里的角色现在按各自喜欢的方式回答。
persona-which = 哪个角色？请在选项“{ opt-persona }”里选择。
