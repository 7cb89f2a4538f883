# Telegram (bot/telegram).

telegram-ai = AIキャラクター

telegram-start = こんにちは！短い言葉から、顔と声と性格のあるキャラクターを生み出します。「/summon 怒ったリンゴ」と書いて、やって来たキャラクターと話してみてください。キャラクターはコンピューターのプログラム（AI）です。話すことは作り話で、顔も声も作りものです。できることは /help で見られます。
telegram-help = 短い言葉から、顔と声と性格のあるキャラクターを生み出します。個人チャットではそのまま書いてください。グループでは、キャラクターに返信するか、名前で呼びかけるか（「ピップ、元気？」）、私にメンションしてください。キャラクターはコンピューターのプログラム（AI）です。話すことは作り話で、顔も声も作りものです。
telegram-joined = こんにちは！短い言葉から、顔と声と性格のあるキャラクターを生み出します。キャラクターはコンピューターのプログラム（AI）で、話すことは作り話です。「/summon 怒ったリンゴ」と書いてみてください。できることは /help で見られます。
telegram-privacy-mode = このグループでは、Telegramの設定により、コマンド、私への返信、私へのメンションしか聞こえません。キャラクターが名前で呼ばれて答えられるようにするには、管理者が私も管理者にするか、私の運営者がプライバシーモードをオフにして（@BotFather、/setprivacy）、私を追加し直してください。
telegram-inline-title = このキャラクターを召喚する
telegram-inline-chat = 話しかける
telegram-description = 「/summon 怒ったリンゴ」と書くと、性格と顔と声のあるキャラクターが、丸い動画のあいさつといっしょに現れます。そのまま話しかけてください。キャラクターはコンピューターのプログラム（AI）です。話すことは作り話です。
telegram-short-description = 短い言葉から、話すAIキャラクターを生み出します。
telegram-ai-long = AIキャラクターです。話すことはコンピューターの作り話です。
telegram-summoned-with = 召喚の言葉
telegram-privacy = 召喚したキャラクター、あなたとキャラクターの会話、キャラクターがあなたについて知ったこと、返事の形の希望を保存します。ほかのことには使いません。/memory でキャラクターが知っていることを見て、/forget で忘れてもらえます。/export（個人チャット）ですべてを受け取り、/delete everything ですべてを削除します。

telegram-nobody = まだ誰もいません。誰かを召喚してください：/summon 怒ったリンゴ
telegram-gone = このキャラクターはもうここにいません。
telegram-nothing-said = それは読めませんでした。文字で書くか、画像か音声メッセージを送ってください。
telegram-look = これを見て。
telegram-picture-large = その画像は大きすぎます。{ $megabytes }MBまでにしてください。
telegram-voice-large = その録音は大きすぎます。{ $megabytes }MBまでにしてください。
telegram-not-loaded = それを読み込めませんでした。もう一度送ってください。
telegram-summon-words = 誰を召喚しますか？たとえば：/summon 怒ったリンゴ · /summon 怒ったリンゴ、スタイル：noir、声：低くて年老いた
telegram-option-style = スタイル
telegram-option-voice = 声
telegram-talk-words = 何と言いますか？たとえば：/talk ピップ、元気？
telegram-talk-invite = { $name }に何と言いますか？
telegram-gallery-here = このグループのキャラクター（{ $number }／{ $pages }ページ）
telegram-rename-words = 名前、コンマ、新しい名前の順に書いてください：/rename Pip, Pippa
telegram-renamed = 名前は{ $name }になりました。
telegram-shared = このリンクを開いた人は{ $name }と話せます：{ $link }
telegram-recall-words = 誰を呼びますか？名前か、共有されたキャラクターのコードを書いてください：/recall Pip
telegram-answer-words = 返事は文字、音声、動画のどれがいいですか？/answer text、/answer voice、/answer video、/answer any のどれかを書いてください。後ろに名前を書くと、そのキャラクターの答え方になります：/answer voice Pip
telegram-memory-empty = { $name }はまだあなたのことを何も知りません。
telegram-forgotten =
    { $facts ->
        [0] { $name }はあなたについてそのことを何も知りませんでした。
       *[other] { $name }はあなたについて{ $facts }件のことを忘れました。
    }
telegram-settled = { $name }はこれからここで何にでも答えます。/unsettle で終わります。
telegram-unsettled = ここではもう誰も何にでも答えることはありません。
telegram-settings-words = 名前と値を書いてください：/settings language ja · /settings summoners everyone または moderators · /settings answer text、voice、video · /settings person 5 と /settings place 50（1日のキャラクター数）· /settings quiet //（誰も答えない行の始まり）· /settings topics here、not、all（私が話す場所）。値「default」で元に戻ります。/settings audit で誰が誰を召喚したかを見られます。
telegram-settled-in = { $name }はトピック{ $topic }で何にでも答えます。
telegram-audit = ここで誰が誰を召喚したか（{ $number }／{ $pages }ページ）
telegram-audit-nobody = ここではまだ誰も召喚されていません。
telegram-scene-words = 一つの会話に何人ものキャラクター：/scene start Pip, Old Oak: 嵐の夜 · /scene add Fern · /scene remove Pip · /scene narrate 雨が降る。 · /scene pause · /scene resume · /scene end · /scene transcript · /scene film。名前の前に誰が話すかを書けます：free、round、mentioned、picked。
telegram-scene-file = ファイルを送れませんでした。もう一度試してください：/scene transcript
telegram-left = { $name }は去りました。
telegram-nothing-to-retry = あなたはここでまだ誰も召喚していません。誰かを召喚してください：/summon 怒ったリンゴ
telegram-only-private = それは個人チャットで頼んでください。
telegram-delete-words = あなたのキャラクター、あなたが話したこと、キャラクターがあなたについて知っていることを、永久に削除します。それでよければ、こう書いてください：/delete everything
telegram-not-yours = そのボタンはほかの人のものです。
telegram-deleted = すべて削除しました。

telegram-command-summon = 短い言葉からキャラクターを生み出す
telegram-command-talk = キャラクターに話しかける
telegram-command-personas = ここにいるキャラクター
telegram-command-persona = どんなキャラクターか
telegram-command-restyle = キャラクターの肖像を描き直す
telegram-command-revoice = キャラクターの声を変える
telegram-command-retry = 同じ言葉から別のキャラクター
telegram-command-dismiss = キャラクターを見送る
telegram-command-rename = キャラクターの名前を変える
telegram-command-share = ほかの人のための、キャラクターへのリンク
telegram-command-recall = キャラクターをこのチャットに呼ぶ
telegram-command-settle = キャラクターがここで何にでも答える
telegram-command-unsettle = 何にでも答えるのをやめてもらう
telegram-command-scene = 一つの会話に何人ものキャラクター
telegram-command-settings = このグループでの決まり
telegram-command-answer = 返事の形：文字、音声、動画
telegram-command-memory = キャラクターがあなたについて知っていること
telegram-command-forget = キャラクターにあなたのことを忘れてもらう
telegram-command-export = 保存しているあなたのデータをファイルで
telegram-command-delete = 保存しているあなたのデータをすべて削除
telegram-command-privacy = 保存しているものと、その見方と消し方
telegram-command-help = できること
