# Scenes: several characters and people play together (bot/scenes, bot/discord/scenes.py).

scenes-narrator = 旁白
scenes-untitled = 一个场景
scenes-opens = 场景开始。登场的有{ $names }。
scenes-enters = { $name }进场。
scenes-leaves = { $name }离场。

scenes-one-already = 这里已经在演一个场景；`/{ cmd-scene } { cmd-scene-end }`可以结束它。
scenes-none = 这里没有在演的场景；`/{ cmd-scene } { cmd-scene-start }`可以开始一个。
scenes-none-ever = 这里还没有演过场景；`/{ cmd-scene } { cmd-scene-start }`可以开始一个。
scenes-not-yours = 只有开始这个场景的人或管理员才能这么做。
scenes-there-already = { $name }已经在场景里了。
scenes-not-there = { $name }不在场景里。
scenes-full = 一个场景有{ $most }个角色就够了。
scenes-nobody = 场景里总得有谁：请至少选一个角色。
scenes-paused-already = 场景已经暂停；`/{ cmd-scene } { cmd-scene-resume }`可以继续。
scenes-not-paused = 场景没有暂停。
scenes-used-up = 角色们已经说完了这个场景的{ $lines }句话，所以场景暂停了。大家说的话仍会记录；`/{ cmd-scene } { cmd-scene-end }`可以结束它。
scenes-too-fast = 角色们在一小时内说了{ $lines }句话，暂时够了，所以场景暂停；稍后可以用`/{ cmd-scene } { cmd-scene-resume }`继续。
scenes-empty = 那个场景里什么也没有说。
scenes-somebody = 某人
scenes-and = { $first }和{ $last }
scenes-ai-note = 由人和AI角色一起编出来的场景。角色的台词由计算机程序写成。
scenes-characters = 角色（AI）：{ $names }
scenes-people = 参与者：{ $names }

scenes-how-free = 谁有话谁说。
scenes-how-round = 大家依次说话。
scenes-how-mentioned = 被点名或被回复的角色回答。
scenes-how-picked = 最有理由说话的角色接着说。
scenes-manual = 你们在这里写的话，除了以//开头的，所有角色都能听到。它们是AI角色。`/{ cmd-scene } { cmd-scene-narrate }`讲述发生的事，`/{ cmd-scene } { cmd-scene-end }`结束场景。
scenes-paused = 场景暂停。说的话会记录下来，在`/{ cmd-scene } { cmd-scene-resume }`之前没有角色回答。
scenes-resumed = 场景继续。
scenes-over = 场景结束。这是说过的一切。
scenes-film-hint = `/{ cmd-scene } { cmd-scene-transcript }`还能把它做成影片。
scenes-deaf = 我在这里只听得到提及我或回复角色的话：机器人的运营者没有打开“Message Content Intent”。
scenes-transcript = 这是说过的一切。
