# /memory (bot/discord/personal.py).

memory-nothing = { $name }はまだあなたのことを何も知りません。
memory-known = { $name }があなたについて知っていること：
memory-forgot-one = { $name }はそれを忘れました。
memory-no-such = { $name }が覚えていることに、その番号はありません。
memory-forgot =
    { $count ->
        [0] { $name }はあなたのことを何も知りませんでした。
       *[other] { $name }はあなたについて{ $count }件のことを忘れました。
    }
memory-forgot-talk = { $name }はあなたについて知っていたことと、この会話を忘れました。

memory-export = あなたについて保存されているものすべてを、一つのファイルにしました。このメッセージはほかの誰にも見えません。
memory-export-too-large = あなたについて保存されているものは、Discordで送るには大きすぎます。このBotの運営者に聞いてください。
memory-delete-sure = あなたのキャラクター、キャラクターがあなたについて知っていること、あなたが話したこと、あなたの設定を削除します。元には戻せません。
memory-delete-not-yours = それを決められるのは本人だけです：`/{ cmd-privacy } { cmd-privacy-delete }`
memory-deleted = 終わりました。あなたのものはもう何も保存されていません。
