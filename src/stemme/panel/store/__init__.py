"""Panels, members, codes, sessions, votes and the roll, as rows and back."""

from stemme.db import statements

Q = statements.load(__file__)
