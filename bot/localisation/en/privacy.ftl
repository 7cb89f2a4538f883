# What is kept about a person (bot/privacy.py).

privacy-readme =
    This is what the bot keeps about you, as of { $made } UTC. Each file is JSON, one entry for each record.

    personas: the characters that you summoned; voices: how they sound; portraits: how they look
    turns: what you said to characters, and what they answered you
    summaries: what characters remember of older conversations with you alone
    facts: what characters know about you
    requests: what you asked for lately; charges and usages: what that counted and cost
    scenes, scene_lines: the scenes that you began, and what you wrote in scenes
    residents: characters that you let live in a channel
    preferences, private_places: what you set for yourself

    A portrait that is missing did not fit into the file. Messages in chats are the platform's: delete them there.
