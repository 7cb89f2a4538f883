"""The human-like face that templates are made of: its shape, its skin, and what is painted on it."""
