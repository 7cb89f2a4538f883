"""Scenes: several characters and people play together in one conversation."""
