"""Decisions about proposals: their order, what differs between versions, why one is not shown."""
