# Telegram (bot/telegram).

telegram-ai = AI角色

telegram-start = 你好！我用几个词变出一个有脸、有声音、有脾气的角色。试试“/summon 一个愤怒的苹果”，然后和来的角色聊天。角色是计算机程序（AI）：它们说的话是编的，脸和声音也是。/help 列出我会做的事。
telegram-help = 我用几个词变出一个有脸、有声音、有脾气的角色。私聊里直接写就行；在群组里，回复角色、叫它的名字（“皮普，你好吗？”）或者提及我。角色是计算机程序（AI）：它们说的话是编的，脸和声音也是。
telegram-joined = 你们好！我用几个词变出有脸、有声音、有脾气的角色；它们是计算机程序（AI），说的话是编的。试试“/summon 一个愤怒的苹果”。/help 列出我会做的事。
telegram-privacy-mode = 在这个群组里，Telegram只让我听到命令、对我的回复和提及。要让角色听到自己的名字，请管理员把我也设为管理员，或者请我的运营者关闭隐私模式（@BotFather，/setprivacy）后重新添加我。
telegram-inline-title = 召唤这个角色
telegram-inline-chat = 和我聊天
telegram-description = 写“/summon 一个愤怒的苹果”，就会来一个角色：有脾气、有脸、有声音，还用圆形视频打招呼。然后就和它聊吧。角色是计算机程序（AI）：它们说的话是编的。
telegram-short-description = 用几个词变出一个会说话的AI角色。
telegram-ai-long = AI角色：它说的话是计算机编的。
telegram-summoned-with = 召唤用语
telegram-privacy = 我会保存你召唤的角色、你们之间的对话、它们对你的了解，以及你想要的回答方式；不会用作别的用途。/memory 显示角色知道什么，/forget 让它忘记，/export（在私聊里）把全部内容发给你，/delete everything 把全部内容删除。

telegram-nobody = 这里还没有角色。召唤一个吧：/summon 一个愤怒的苹果
telegram-gone = 这个角色已经不在这里了。
telegram-nothing-said = 我没能读到。请打字，或者发一张图片或一条语音消息。
telegram-look = 看看这个。
telegram-picture-large = 这张图片太大了，请不要超过{ $megabytes } MB。
telegram-voice-large = 这段录音太大了，请不要超过{ $megabytes } MB。
telegram-not-loaded = 无法加载。请再发一次。
telegram-summon-words = 要召唤谁？例如：/summon 一个愤怒的苹果 · /summon 一个愤怒的苹果，风格：noir，声音：低沉苍老
telegram-option-style = 风格
telegram-option-voice = 声音
telegram-talk-words = 你想说什么？例如：/talk 皮普，你好吗？
telegram-talk-invite = 你想对{ $name }说什么？
telegram-gallery-here = 本群组的角色，第{ $number }页，共{ $pages }页
telegram-rename-words = 写下名字、一个逗号和新名字：/rename Pip, Pippa
telegram-renamed = 它现在叫{ $name }。
telegram-shared = 打开这个链接的人都可以和{ $name }聊天：{ $link }
telegram-recall-words = 要带来谁？写下名字，或别人分享的角色的代码：/recall Pip
telegram-answer-words = 角色该用文字、语音还是视频回答你？写 /answer text、/answer voice、/answer video 或 /answer any。后面加上名字，就是那个角色的回答方式：/answer voice Pip
telegram-memory-empty = { $name }还完全不了解你。
telegram-forgotten =
    { $facts ->
        [0] { $name }本来就不知道关于你的这些事。
       *[other] { $name }忘记了关于你的{ $facts }件事。
    }
telegram-settled = 从现在起，{ $name }在这里什么都会回答。/unsettle 可以结束。
telegram-unsettled = 这里不再有角色什么都回答了。
telegram-settings-words = 写下名称和值：/settings language zh · /settings summoners everyone 或 moderators · /settings answer text、voice 或 video · /settings person 5 和 /settings place 50（每天的角色数）· /settings quiet //（没有角色回答的行以此开头）· /settings topics here、not 或 all（我在哪里说话）。值“default”可以恢复默认。/settings audit 显示谁召唤了谁。
telegram-settled-in = { $name }在话题{ $topic }里什么都会回答。
telegram-audit = 谁在这里召唤了谁，第{ $number }页，共{ $pages }页
telegram-audit-nobody = 这里还没有召唤过角色。
telegram-scene-words = 一场对话里的多个角色：/scene start Pip, Old Oak: 一个暴风雨之夜 · /scene add Fern · /scene remove Pip · /scene narrate 下雨了。 · /scene pause · /scene resume · /scene end · /scene transcript · /scene film。名字前面可以写由谁说话：free、round、mentioned 或 picked。
telegram-scene-file = 文件没发出去。请再试一次：/scene transcript
telegram-left = { $name }离开了。
telegram-nothing-to-retry = 你在这里还没有召唤过角色。召唤一个吧：/summon 一个愤怒的苹果
telegram-only-private = 请在私聊里向我提出。
telegram-delete-words = 这会永久删除你的角色、你说过的话以及它们对你的了解。如果确定，请写：/delete everything
telegram-not-yours = 这个按钮是别人的。
telegram-deleted = 已全部删除。

telegram-command-summon = 用几个词变出一个角色
telegram-command-talk = 对角色说句话
telegram-command-personas = 这里的角色
telegram-command-persona = 角色是谁
telegram-command-restyle = 给角色换一幅肖像
telegram-command-revoice = 给角色换一种声音
telegram-command-retry = 用同样的词再来一个角色
telegram-command-dismiss = 送走一个角色
telegram-command-rename = 给角色换个名字
telegram-command-share = 给别人的角色链接
telegram-command-recall = 把角色带到这个聊天
telegram-command-settle = 让角色在这里什么都回答
telegram-command-unsettle = 不再让角色在这里什么都回答
telegram-command-scene = 一场对话里的多个角色
telegram-command-settings = 本群组的规定
telegram-command-answer = 角色怎样回答你：文字、语音或视频
telegram-command-memory = 角色对你的了解
telegram-command-forget = 让角色忘记你
telegram-command-export = 我保存的关于你的一切，打成文件
telegram-command-delete = 删除我保存的关于你的一切
telegram-command-privacy = 我保存什么，怎样查看和删除
telegram-command-help = 我会做什么
