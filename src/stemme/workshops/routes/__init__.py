"""Handlers of workshops: capture and wall on the resident door, planning on the staff door."""
