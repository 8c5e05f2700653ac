"""Stemme: how a neighbourhood speaks, votes and is heard."""
