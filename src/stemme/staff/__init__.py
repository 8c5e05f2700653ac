"""The office: who is let in at the staff door, what a role may do, and the log of what was done."""
