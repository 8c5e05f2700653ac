"""Use cases of workshops: planning, taking notes, the wall and who decides what hangs there."""
