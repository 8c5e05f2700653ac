"""What the panel does: members come in, votes are planned, slips collected, results counted."""
