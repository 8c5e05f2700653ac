"""Decisions about codes, times, texts and counts, and how notes of many phones become the same."""
