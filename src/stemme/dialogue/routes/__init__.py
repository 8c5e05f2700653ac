"""Handlers of the dialogue, one router a door."""
