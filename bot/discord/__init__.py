"""Discord: what people do there in, what they see out. No stage and no SQL."""

import discord

# Nobody speaks in voice channels, so nobody needs to hear what is missing for that.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
