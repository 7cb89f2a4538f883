"""Voice messages in: what was sent to sound, sound to words, and words judged before anybody answers them."""
