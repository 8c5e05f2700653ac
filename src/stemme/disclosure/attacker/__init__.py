"""Reads what is published and tries to work out what is hidden."""
