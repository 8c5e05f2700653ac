"""The programme for whoever asks: the tree, what people said about it, what was answered."""

from stemme.programme.service.place import keep, tree
from stemme.programme.service.thread import attach, detach

__all__ = ["attach", "detach", "keep", "tree"]
