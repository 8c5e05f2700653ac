"""Reports: put together from what the system knows, written on by the office, printed."""
