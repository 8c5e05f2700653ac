"""Proposals: rounds of what people want done, from the first words to what became of it."""
