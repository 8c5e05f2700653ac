"""Counting rules, in exact arithmetic; chance comes in as a lot drawn beforehand."""
