"""Text in; persona, portrait, voice and clip out. Knows no database and no chat platform."""
