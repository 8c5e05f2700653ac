"""Composition roots: each door is put together here from the features behind it."""
