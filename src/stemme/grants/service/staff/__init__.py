"""Use cases of the office: planning a call, assessing, deciding, paying, following up."""
