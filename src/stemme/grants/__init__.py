"""Small grants: calls, applications from a phone, fair choosing, and money to the krone."""
