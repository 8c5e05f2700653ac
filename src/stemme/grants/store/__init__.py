"""Grants in the database: what a code opens, what the office works with, what everyone reads."""
