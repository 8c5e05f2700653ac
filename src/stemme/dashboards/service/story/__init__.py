"""Results told in a language: each question as asked, its shares, its groups, what is hidden."""

from stemme.dashboards.service.story.shape import Bar, Base, Comparison, Line, Story
from stemme.dashboards.service.story.telling import tell
from stemme.dashboards.service.story.words import Words

__all__ = ["Bar", "Base", "Comparison", "Line", "Story", "Words", "tell"]
