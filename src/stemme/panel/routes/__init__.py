"""The pages of the panel, one file a part of it."""
