"""Talks to people: terminal, Discord, Telegram."""
