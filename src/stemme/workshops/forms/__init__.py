"""Posted forms of tables and of plans."""
