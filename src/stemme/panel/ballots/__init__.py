"""Secret ballots that anyone can recount: slips, sealed choices, the chain of what was received."""
