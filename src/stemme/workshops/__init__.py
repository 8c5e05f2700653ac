"""Workshops: the plan of an evening, notes at the tables, the wall, and what is kept afterwards."""
