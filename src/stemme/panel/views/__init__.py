"""A count as people read it: stories for pages, plain data and lines for a terminal."""
