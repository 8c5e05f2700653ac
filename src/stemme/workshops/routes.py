"""Handlers, one router a door."""
