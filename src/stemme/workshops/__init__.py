"""Workshops: tables, notes taken at them, the wall, and the minutes."""
