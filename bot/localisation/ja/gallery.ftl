# /personas (bot/discord/gallery.py).

gallery-mine = あなたのキャラクター、{ $number }／{ $pages }ページ
gallery-here = このサーバーのキャラクター、{ $number }／{ $pages }ページ
gallery-nobody-here = このサーバーではまだ誰も召喚されていません。最初のひとりをどうぞ：`/{ cmd-summon } { opt-summon-text }: 怒ったリンゴ`
gallery-choose = キャラクターを選んでください…
gallery-to-mine = 自分のもの
gallery-to-here = このサーバーのもの
gallery-not-yours = これはほかの人の一覧です。`/{ cmd-personas }`で自分のものを見られます。
