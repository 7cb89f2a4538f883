"""Answering as a persona: what the model is told, what of its words may leave, and what is remembered."""
