# What the bot says around a request, on any platform (bot/words.py and its callers).

words-cancelled = これは取り消されました。
words-sorry = ごめんなさい、うまくいきませんでした。{ $why }
words-again = もう一度試してください。

words-coming-summon = 誰かがこちらへ向かっています…
words-coming-retry = 別の誰かがこちらへ向かっています…
words-coming-restyle = 新しい肖像を描いています…
words-coming-revoice = 新しい声を試しています…
words-coming-film = 映画を作っています…
words-coming-reply = 返事を考えています…

words-line-next = 次はあなたの番です。
words-line-unknown = 先に{ $ahead }件の依頼があります。
words-line-moment = 先に{ $ahead }件の依頼があります。数秒かかります。
words-line-seconds = 先に{ $ahead }件の依頼があります。約{ $seconds }秒かかります。
words-line-minutes = 先に{ $ahead }件の依頼があります。約{ $minutes }分かかります。

words-line-long = { $count }文字あります。{ $most }文字以内でお願いします。

words-file-refused = このチャットでは受け取れないので、ファイルが一つここにありません。
words-file-lost = もう見つからなかったので、ファイルが一つここにありません。

words-unreadable = そのために作ったものが、もう読み込めません。
words-no-portrait = 今回は肖像がうまくできませんでした。
words-no-voice = 今回は声がうまくできなかったので、文字でお届けします。
words-no-clip = 今回は動画がうまくできませんでした。
