"""Named statements and what they give."""
