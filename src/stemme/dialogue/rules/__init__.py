"""Decisions of the dialogue: the opinion map, the order of statements, what may be written."""
