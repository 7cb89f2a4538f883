# Lines said to characters, and where characters live (bot/discord: talking.py, living.py, permissions.py).

talk-look = これを見て。
talk-unheard = それは読めませんでした。返信で私にメンションするか、キャラクターの下の「{ buttons-talk }」ボタンを使ってください。
talk-picture-too-large = その画像は大きすぎます。{ $megabytes }MBまでにしてください。
talk-picture-lost = その画像を読み込めませんでした。もう一度送ってください。
talk-voice-too-large = その音声メッセージは長すぎます。{ $megabytes }MBまでにしてください。
talk-voice-lost = その音声メッセージを読み込めませんでした。もう一度送ってください。

talk-missing-here =
    { $count ->
       *[other] ここではできません。このチャンネルで権限{ $names }が必要です。サーバーの管理者が付けられます。
    }
talk-missing-thread =
    { $count ->
       *[other] ここではできません。このスレッドで権限{ $names }が必要です。サーバーの管理者が付けられます。
    }
talk-locked = このスレッドはロックされています。モデレーターが開くまで、誰も書き込めません。

talk-deaf = チャンネルに書かれたことが聞こえないので、誰も住めません。まずこのBotの運営者が“Message Content Intent”をオンにする必要があります。
talk-settled = { $name }は{ $channel }に住んで、そこでは何にでも答えます。{ $quiet }で始まる行には答えません。`/{ cmd-unsettle }`で終わります。
talk-unsettled = { $channel }にはもう誰も住んでいません。
talk-nobody-settled = { $channel }には誰も住んでいません。
talk-thread-made = { $name }が{ $thread }で待っています。
talk-settle-where = キャラクターが住めるのは、サーバーのテキストチャンネル、ボイスチャンネル、スレッドです。
talk-thread-where = スレッドを開けるのはサーバーのチャンネルだけです。ここでは{ $name }とそのまま話せます。
