"""Handlers of proposals: what everyone reads, writing, an author's own page, the office."""
