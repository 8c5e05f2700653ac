"""Pages of the office about grants."""
