"""Decisions about grants: what a sum means, when a call takes applications, how scores add up."""
