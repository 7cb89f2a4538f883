# Summoning, and how answers are shown (bot/progress.py, bot/showing.py, bot/discord/summoning.py, layout.py).

summoning-stage-mind = 性格
summoning-stage-voice = 声
summoning-stage-portrait = 肖像
summoning-stage-clip = 動画

summoning-heard = 聞こえた言葉：{ $text }

summoning-voice-only = このチャットは動画を受け取れないので、声だけ送ります。

summoning-private = 私からの個人メッセージで届きます。
summoning-not-private = あなたにメッセージを送れません。このサーバーのメンバーからのダイレクトメッセージを許可して、もう一度試してください。
summoning-unknown-style = その画風は知りません。あるのは：{ $styles }
summoning-no-face = { $why }そこで肖像を描きました。
summoning-unused-picture = その画像は使えなかったので、肖像を描きました。
