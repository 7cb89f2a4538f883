"""Faces moved by an animator on another machine: one small HTTP contract (docs/animators.md) and our side of it."""
