"""Files that come from elsewhere: conversations exported from Polis."""

from stemme.dialogue.files.export import COMMENTS, read

__all__ = ["COMMENTS", "read"]
