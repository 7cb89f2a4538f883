# Lines said to characters, and where characters live (bot/discord: talking.py, living.py, permissions.py).

talk-look = Look at this.
talk-unheard = I could not read that. Mention me in your reply, or use the button “Talk” below the character.
talk-picture-too-large = That picture is too large; at most { $megabytes } MB, please.
talk-picture-lost = That picture could not be loaded. Please send it again.
talk-voice-too-large = That voice message is too long; at most { $megabytes } MB, please.
talk-voice-lost = That voice message could not be loaded. Please send it again.

talk-missing-here = { $count ->
    [one] I cannot do that here: I need the permission { $names } in this channel. Whoever runs this server can grant that.
   *[other] I cannot do that here: I need the permissions { $names } in this channel. Whoever runs this server can grant that.
}
talk-missing-thread = { $count ->
    [one] I cannot do that here: I need the permission { $names } in this thread. Whoever runs this server can grant that.
   *[other] I cannot do that here: I need the permissions { $names } in this thread. Whoever runs this server can grant that.
}
talk-locked = This thread is locked: nobody can write here until a moderator unlocks it.

talk-deaf = I cannot hear what people write in channels, so nobody can live in one. Whoever runs this bot has to switch on “Message Content Intent” first.
talk-settled = { $name } lives in { $channel } and answers everything there. Lines that begin with { $quiet } are left alone; `/unsettle` ends it.
talk-unsettled = Nobody lives in { $channel } any more.
talk-nobody-settled = Nobody lives in { $channel }.
talk-thread-made = { $name } waits for you in { $thread }.
talk-settle-where = Characters can live in the text channels, voice channels and threads of a server.
talk-thread-where = A thread can only be opened in a channel of a server. Here { $name } can simply be talked to.
