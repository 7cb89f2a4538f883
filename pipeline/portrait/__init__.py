"""Portraits: art, styles and the painters."""
