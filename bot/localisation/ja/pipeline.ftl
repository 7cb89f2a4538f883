# Sentences of the pipeline, which knows English only: they are found again by their English (bot/localisation/foreign.py).

pipeline-concept-long = { $most }文字以内で書いてください。たとえば：怒ったリンゴ
pipeline-concept-unread = そこからは物やキャラクターを読み取れませんでした。短い言葉で試してください。たとえば：怒ったリンゴ
pipeline-concept-rude = やさしい言葉でいきましょう。もっと穏やかな言葉でキャラクターを説明してください。
pipeline-no-style = { $wished }という画風はありません。あるのは：{ $known }
pipeline-real-people = 実在の人物は描きません。実在しない誰かや何かを書いてください。

pipeline-picture-large = その画像は大きすぎます。{ $most }MBまでにしてください。
pipeline-picture-vast = その画像は私には大きすぎます。
pipeline-picture-format = そのファイルは開ける画像ではありません。PNG、JPEG、WebP、GIFのどれかにしてください。
pipeline-picture-no-face = その画像には顔が見当たりません。
pipeline-picture-several = その画像には顔がいくつもあり、どれのことか分かりません。
pipeline-picture-tiny = その画像の顔は小さすぎます。
pipeline-picture-cut-off = その画像の顔は切れています。
pipeline-picture-turned = その画像の顔は横を向いています。正面の顔がいちばんよく話せます。
pipeline-picture-unlikely = その画像の顔はよく見えません。

pipeline-voice-large = その音声メッセージは大きすぎます。{ $most }MBまでにしてください。
pipeline-voice-format = そのファイルは再生できる音声メッセージではありません。Ogg、M4A、WebM、MP3、WAVのどれかにしてください。
pipeline-voice-damaged = その音声メッセージは壊れていて再生できません。もう一度送ってください。
pipeline-voice-soundless = そのファイルには音がありません。
pipeline-voice-long = その音声メッセージは{ $most }秒より長いです。もっと短いものを送ってください。
pipeline-voice-nothing = 聞き取れませんでした。その音声メッセージには話し声がありません。
pipeline-voice-unsure = 何と言ったのか聞き取れませんでした。もう少しマイクに近づいてもう一度話すか、文字で書いてください。
pipeline-voice-english = { $why }分かるのは英語だけです。

pipeline-no-words = { $name }は言葉が出てきませんでした。もう一度言ってみてください。
pipeline-lost-for-words = { $name }は言葉に詰まっています。別の言い方をしてみてください。
pipeline-rude-words = 言語モデルには乱暴な言葉しか浮かびませんでした。別のキャラクターを説明してください。
pipeline-stands-in = 言語モデルが答えられなかったので、しばらくデモの書き手が代わりを務めます。
pipeline-animator-stands-in = アニメーターが答えられなかったので、しばらくは簡単な方法で顔を動かします。
pipeline-voice-stands-in = 音声サービスが答えられなかったので、しばらくは手持ちの声で話します。
pipeline-voice-own = 音声サービスが答えられなかったので、手持ちの声を選びました。
pipeline-worker-died = 作業していたプロセスが止まってしまいました。
pipeline-unspoken = { $name }の言語（{ $language }）を話せる声は、ここにはまだありません。
pipeline-voice-foreign = { $name }の声は、この返事の言語（{ $language }）を話せません。
pipeline-voice-no-further = 声はそのままです。ここにはこれ以上そちらに寄せられる声がありません。
pipeline-unread-script = ここにはまだ、その文字を読み上げられる声がありません。
# What stands for all others, by the class of the error (pipeline/errors.py).
error-ChatAnythingError = こちらで問題が起きました。
error-MissingAsset = 必要なものがインストールされていません。運営者が直せます。
error-EngineUnavailable = 必要なものが今は設定されていません。運営者が直せます。
error-Unreachable = 必要なサービスが今は応答しません。
error-EngineFailed = 今回はうまくいきませんでした。
error-EngineBusy = 今はとても混み合っています。少ししてからもう一度試してください。
error-TimedOut = 時間がかかりすぎました。少ししてからもう一度試してください。
error-Declined = コンテンツフィルターが答えるのを断りました。別の言い方をしてみてください。
error-ContextOverflow = 一度に扱うには文章が長すぎます。
error-StorageFailed = 今は何も書き留められません。
