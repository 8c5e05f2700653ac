"""Torstrandsdialogen: short statements, reactions to them, and the map of opinions."""
