# /help (bot/discord/commands.py).

help-title = できること
help-about = 短い言葉から、顔と声と性格のあるキャラクターを生み出します。キャラクターはコンピューターのプログラム（AI）です。話すことは作り話で、顔も声も作りものです。
help-summon = 召喚する
help-summon-text = `/{ cmd-summon }`で誰かを呼びます：*怒ったリンゴ*、*内気な灯台*…
help-talk = 話す
help-talk-text = キャラクターに返信する、名前で呼びかける（*ピップ、元気？*）、私にメンションする、下の「{ buttons-talk }」を押す、または私に個人メッセージを送ってください。音声メッセージや画像も分かります。
help-characters = キャラクター
help-characters-text = `/{ cmd-personas }`で肖像つきの一覧を見られます。`/{ cmd-persona } { cmd-persona-show }`、`{ cmd-persona-rename }`、`{ cmd-persona-restyle }`、`{ cmd-persona-revoice }`、`{ cmd-persona-share }`、`{ cmd-persona-recall }`、`{ cmd-persona-dismiss }`はひとりのキャラクターのためのものです。`/{ cmd-answer }`で文字、音声、動画から返事の形を選べます。
help-places = 場所
help-places-text = `/{ cmd-thread }`でキャラクター専用のスレッドを開きます。`/{ cmd-settle }`でチャンネルに住み、何にでも答えます。`/{ cmd-unsettle }`で終わります。
help-scenes = シーン
help-scenes-text = `/{ cmd-scene } { cmd-scene-start }`で、何人ものキャラクターが一つのチャンネルでいっしょに演じます。
help-you = あなた
help-you-text = `/{ cmd-memory } { cmd-memory-show }`でキャラクターがあなたについて知っていることを見て、`/{ cmd-memory } { cmd-memory-forget }`で忘れてもらえます。`/{ cmd-privacy } { cmd-privacy-export }`であなたについて保存されているものをすべて受け取り、`/{ cmd-privacy } { cmd-privacy-delete }`で削除できます。
help-moderators = モデレーター
help-moderators-text = `/{ cmd-settings }`で、誰がどこでどれだけ召喚できるか、言語、キャラクターの返事の形を決めます。`/{ cmd-settings } { cmd-settings-audit }`で誰が誰を召喚したかを見られます。
