# What cannot be asked for (bot/asking.py).

asking-forgotten = あのとき何を頼まれたのか、もう分かりません。もう一度召喚してください。
asking-wish = どんな声にするか、{ $most }文字以内で書いてください。
