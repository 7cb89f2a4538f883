# Characters: finding, naming, sharing, bringing back (bot/characters.py).

characters-unknown = その名前のキャラクターはここにはいません。
characters-several = 似た名前のキャラクターが何人もいます：{ $names }
characters-not-yours = それができるのは、このキャラクターを召喚した人か、召喚された場所のモデレーターだけです。
characters-name = 名前は1文字から{ $most }文字までにしてください。
characters-kinder = やさしい言葉でいきましょう。別の名前にしてください。
characters-recall-unknown = 呼べるキャラクターが見つかりませんでした。自分のキャラクターの名前か、誰かが共有したキャラクターのコードが必要です。
