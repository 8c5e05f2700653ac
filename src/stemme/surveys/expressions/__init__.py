"""The language of `show` conditions and answer checks: text in the file, a JSON tree when read."""
