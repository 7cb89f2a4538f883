"""Frames and sound become files: clips, round videos, films, posters, living avatars."""
