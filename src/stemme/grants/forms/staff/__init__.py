"""Forms of the office about grants."""
