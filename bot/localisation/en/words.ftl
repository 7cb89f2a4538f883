# What the bot says around a request, on any platform (bot/words.py and its callers).

words-cancelled = This was called off.
words-sorry = Sorry: this did not work out. { $why }
words-again = Please try once more.

words-coming-summon = Somebody is on the way …
words-coming-retry = Somebody else is on the way …
words-coming-restyle = A new portrait is being made …
words-coming-revoice = A new voice is being tried …
words-coming-film = The film is being made …
words-coming-reply = An answer is on the way …

words-line-next = It is your turn next.
words-line-unknown = { $ahead ->
    [one] One other goes first.
   *[other] { $ahead } others go first.
}
words-line-moment = { $ahead ->
    [one] One other goes first, which takes a few seconds.
   *[other] { $ahead } others go first, which takes a few seconds.
}
words-line-seconds = { $ahead ->
    [one] One other goes first, which takes about { $seconds } seconds.
   *[other] { $ahead } others go first, which takes about { $seconds } seconds.
}
words-line-minutes = { $ahead ->
    [one] One other goes first, which takes about { $minutes } minutes.
   *[other] { $ahead } others go first, which takes about { $minutes } minutes.
}

words-line-long = That is { $count } characters; please say it in at most { $most }.

words-file-refused = A file is missing here, because this chat does not take it.
words-file-lost = A file is missing here, because it could not be found any more.

words-unreadable = What was made for this cannot be read any more.
words-no-portrait = The portrait did not come out this time.
words-no-voice = The voice did not come out this time, so this is in writing.
words-no-clip = The clip did not come out this time.
