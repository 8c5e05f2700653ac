"""Sharing out a budget among projects: greedy, equal shares, Phragmén; and why a project lost."""
