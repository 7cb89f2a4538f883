"""The demo writer: personas and replies from sentences that people wrote, chosen by words and seed."""
