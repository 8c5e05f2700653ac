"""The database: the embedded server, one pool a role, named statements and migrations."""
