# Scenes: several characters and people play together (bot/scenes, bot/discord/scenes.py).

scenes-narrator = 語り手
scenes-untitled = あるシーン
scenes-opens = シーンが始まります。登場するのは{ $names }です。
scenes-enters = { $name }が入ってきます。
scenes-leaves = { $name }が去ります。

scenes-one-already = ここではもうシーンが進行中です。`/{ cmd-scene } { cmd-scene-end }`で終わります。
scenes-none = ここではシーンは進行していません。`/{ cmd-scene } { cmd-scene-start }`で始められます。
scenes-none-ever = ここではまだシーンがありません。`/{ cmd-scene } { cmd-scene-start }`で始められます。
scenes-not-yours = それができるのは、シーンを始めた人かモデレーターだけです。
scenes-there-already = { $name }はもうシーンにいます。
scenes-not-there = { $name }はシーンにいません。
scenes-full = 一つのシーンには{ $most }人のキャラクターで十分です。
scenes-nobody = シーンには誰かが必要です。キャラクターを少なくともひとり選んでください。
scenes-paused-already = シーンはもう一時停止しています。`/{ cmd-scene } { cmd-scene-resume }`で続きます。
scenes-not-paused = シーンは一時停止していません。
scenes-used-up = キャラクターたちはこのシーンのせりふを{ $lines }回すべて話したので、一時停止しました。話したことは引き続き記録されます。`/{ cmd-scene } { cmd-scene-end }`で終わります。
scenes-too-fast = キャラクターたちは1時間に{ $lines }回話しました。ひとまず十分なので一時停止します。あとで`/{ cmd-scene } { cmd-scene-resume }`で続けられます。
scenes-empty = そのシーンでは何も話されませんでした。
scenes-somebody = 誰か
scenes-and = { $first }と{ $last }
scenes-ai-note = 人とAIキャラクターがいっしょに作ったシーンです。キャラクターのせりふはコンピューターのプログラムが書きました。
scenes-characters = キャラクター（AI）：{ $names }
scenes-people = 人：{ $names }

scenes-how-free = 言いたいことのある者が話します。
scenes-how-round = 全員が順番に話します。
scenes-how-mentioned = 名前を呼ばれた者、返信された者が答えます。
scenes-how-picked = 次に話す理由が一番ある者が話します。
scenes-manual = ここに書いたことは、//で始まる行のほかは全員に聞こえます。みんなAIキャラクターです。`/{ cmd-scene } { cmd-scene-narrate }`で起きることを語り、`/{ cmd-scene } { cmd-scene-end }`で終わります。
scenes-paused = シーンは一時停止中です。話したことは記録され、`/{ cmd-scene } { cmd-scene-resume }`まで誰も答えません。
scenes-resumed = シーンが続きます。
scenes-over = シーンが終わりました。話されたことのすべてです。
scenes-film-hint = `/{ cmd-scene } { cmd-scene-transcript }`で映画にすることもできます。
scenes-deaf = ここで聞こえるのは、私へのメンションかキャラクターへの返信だけです。このBotの運営者が“Message Content Intent”をオンにしていません。
scenes-transcript = 話されたことのすべてです。
