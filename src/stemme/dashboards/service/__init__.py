"""Use cases: release a wave, read what is released, tell it as a story in a language."""
