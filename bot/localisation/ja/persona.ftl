# Characters as Discord shows them, and what is done with one (bot/discord: cards.py, acting.py, commands.py).

persona-ai = AIキャラクター
persona-made-up = AIキャラクター：話すことはコンピューターの作り話です。
persona-character = 性格
persona-words = 召喚の言葉
persona-by = 召喚した人
persona-on = 召喚した日

persona-gone = このキャラクターはもうここにいません。
persona-nobody-speaks = それは、今ここにいるキャラクターの言葉ではありません。
persona-nobody = まだ誰もいません。誰かを召喚してください：`/{ cmd-summon } { opt-summon-text }: 怒ったリンゴ`

persona-talk-title = { $name }と話す
persona-talk-label = 何と言いますか？

persona-left = { $name }は去りました。
persona-renamed = { $before }の名前は{ $name }になりました。
persona-shared = このコードがあれば、{ $name }をほかのサーバーやチャットに呼べます：`/{ cmd-persona } { cmd-persona-recall } { opt-persona-recall-who }: { $code }`
persona-unshared = { $name }の共有をやめました。コードではもう呼べません。

persona-answers-video = { $name }はこれから動画で答えます。
persona-answers-voice = { $name }はこれから音声メッセージで答えます。
persona-answers-text = { $name }はこれから文字で答えます。
persona-answers-any = { $name }はこれから、ここのいつもの形で答えます。
persona-you-video = これからは、誰と話しても動画で返事が来ます。
persona-you-voice = これからは、誰と話しても音声メッセージで返事が来ます。
persona-you-text = これからは、誰と話しても文字で返事が来ます。
persona-you-any = これからは、キャラクターそれぞれの好きな形で返事が来ます。
persona-here-video = ここではこれから、キャラクターは動画で答えます。
persona-here-voice = ここではこれから、キャラクターは音声メッセージで答えます。
persona-here-text = ここではこれから、キャラクターは文字で答えます。
persona-here-any = ここではこれから、キャラクターはそれぞれ好きな形で答えます。
persona-which = どのキャラクターですか？「{ opt-persona }」で選んでください。
