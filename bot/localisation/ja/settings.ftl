# /settings (bot/discord/settings.py).

settings-title = 設定
settings-none = なし
settings-language = 言語
settings-language-own = Discordでのサーバーの言語
settings-language-yours = Discordでのあなたの言語
settings-summoners = 召喚できる人
settings-everyone = 全員
settings-moderators = モデレーター
settings-channels = 場所
settings-everywhere = どこでも
settings-limits = 24時間のキャラクター数
settings-limits-each = 一人あたり{ $count }
settings-limits-all = サーバー全体で{ $count }
settings-answer = 返事の形
settings-answer-video = 動画
settings-answer-voice = 音声メッセージ
settings-answer-text = 文字
settings-answer-any = キャラクターの好きな形
settings-adult = 成人向けの内容
settings-on = 年齢制限のあるチャンネルでオン
settings-off = オフ
settings-quiet = 返事をしない行の始まり
settings-residents = 誰がどこに住んでいるか
settings-resident = { $name }：{ $channel }

settings-not-age-restricted = オンにできるのは、Discordで年齢制限のあるチャンネルかサーバーだけです。
settings-quiet-short = 1文字から5文字で、文字や数字は使えません。

settings-audit = このサーバーで誰が誰を召喚したか、{ $number }／{ $pages }ページ
settings-audit-nobody = このサーバーではまだ誰も召喚されていません。
settings-audit-line = { $name }、{ $person }、{ $time }：{ $words }
