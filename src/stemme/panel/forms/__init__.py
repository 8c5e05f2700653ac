"""What the office and the chair type about the panel, as structs, with one complaint a field."""
