"""Files that come from elsewhere: conversations exported from Polis."""

from stemme.dialogue.files.export import read

__all__ = ["read"]
