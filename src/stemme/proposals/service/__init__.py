"""Use cases of proposals: reading, writing as a resident, being an author, the office, upkeep."""
