"""How good an engine is, measured: concepts of our own, figures, and everything that was said."""
