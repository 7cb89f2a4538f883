# What the bot says around a request, on any platform (bot/words.py and its callers).

words-cancelled = 这个请求已取消。
words-sorry = 抱歉，没有成功。{ $why }
words-again = 请再试一次。

words-coming-summon = 有角色正在路上……
words-coming-retry = 另一个角色正在路上……
words-coming-restyle = 正在画新的肖像……
words-coming-revoice = 正在试新的声音……
words-coming-film = 正在制作影片……
words-coming-reply = 回答正在路上……

words-line-next = 接下来就轮到你了。
words-line-unknown = 前面还有{ $ahead }个请求。
words-line-moment = 前面还有{ $ahead }个请求，需要几秒钟。
words-line-seconds = 前面还有{ $ahead }个请求，大约需要{ $seconds }秒。
words-line-minutes = 前面还有{ $ahead }个请求，大约需要{ $minutes }分钟。

words-line-long = 一共{ $count }个字符，请不要超过{ $most }个。

words-file-refused = 这里少了一个文件，因为这个聊天不接受它。
words-file-lost = 这里少了一个文件，因为已经找不到它了。

words-unreadable = 为此制作的内容已经无法读取。
words-no-portrait = 这次肖像没有做成。
words-no-voice = 这次声音没有做成，所以用文字回答。
words-no-clip = 这次视频没有做成。
