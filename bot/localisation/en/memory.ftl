# /memory (bot/discord/personal.py).

memory-nothing = { $name } knows nothing about you yet.
memory-known = { $name } knows about you:
memory-forgot-one = { $name } forgot it.
memory-no-such = { $name } keeps no fact of that number about you.
memory-forgot = { $count ->
    [0] { $name } knew nothing about you.
    [one] { $name } forgot one fact about you.
   *[other] { $name } forgot { $count } facts about you.
}
memory-forgot-talk = { $name } forgot what it knew about you, and this conversation.

memory-export = All that is stored about you, in one file. Nobody else sees this message.
memory-export-too-large = What is stored about you is too large for Discord. Ask whoever runs this bot for it.
memory-delete-sure = This deletes your characters, what characters know about you, what you said, and your settings. It cannot be undone.
memory-delete-not-yours = Only you can decide that for yourself: `/privacy delete`
memory-deleted = Done. Nothing of yours is stored any more.
