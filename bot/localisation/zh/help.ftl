# /help (bot/discord/commands.py).

help-title = 我会做什么
help-about = 我用几个词变出一个有脸、有声音、有脾气的角色。角色是计算机程序（AI）：它们说的话是编的，脸和声音也是。
help-summon = 召唤
help-summon-text = `/{ cmd-summon }`会带来一个角色：*一个愤怒的苹果*、*一座害羞的灯塔*……
help-talk = 聊天
help-talk-text = 回复角色、叫它的名字（*皮普，你好吗？*）、提及我、按它下面的“{ buttons-talk }”，或者私下写给我。语音消息和图片我也能明白。
help-characters = 角色
help-characters-text = `/{ cmd-personas }`会列出它们和它们的肖像。`/{ cmd-persona } { cmd-persona-show }`、`{ cmd-persona-rename }`、`{ cmd-persona-restyle }`、`{ cmd-persona-revoice }`、`{ cmd-persona-share }`、`{ cmd-persona-recall }`和`{ cmd-persona-dismiss }`针对其中一个。`/{ cmd-answer }`可以选择文字、语音或视频。
help-places = 地点
help-places-text = `/{ cmd-thread }`为角色打开一个子区。`/{ cmd-settle }`让它住进一个频道，在那里什么都会回答；`/{ cmd-unsettle }`可以结束。
help-scenes = 场景
help-scenes-text = `/{ cmd-scene } { cmd-scene-start }`让几个角色在同一个频道里和你们一起演。
help-you = 你
help-you-text = `/{ cmd-memory } { cmd-memory-show }`告诉你角色对你的了解，`/{ cmd-memory } { cmd-memory-forget }`让它忘记。`/{ cmd-privacy } { cmd-privacy-export }`给你所有关于你的存储内容，`/{ cmd-privacy } { cmd-privacy-delete }`把它删除。
help-moderators = 管理员
help-moderators-text = `/{ cmd-settings }`决定谁可以在哪里召唤多少、用什么语言，以及角色怎样回答。`/{ cmd-settings } { cmd-settings-audit }`列出谁召唤了谁。
