"""Handlers of surveys: taking part on the resident door, fieldwork on the staff door."""
