# What places and people decide: who may summon, where, in which language (bot/places.py).

places-moderators-only = それを変えられるのは、ここのモデレーターだけです。
places-summoners = ここでキャラクターを呼べるのはモデレーターだけです。
places-elsewhere = ここでは話さないことになっています。管理者が別の場所を選んでいます。
places-language = その言語はまだ話せません。話せるのは：{ $languages }
places-private = 個人チャットには、許可したり制限したりする相手がほかにいません。
places-number = 上限は0から{ $most }までの数です。
places-adult = 健全にいきましょう。ここでは性的な内容は控えてください。
places-never = いいえ。子どもについての性的な内容は、どこであっても作りません。
