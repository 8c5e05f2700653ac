"""Pages of grants: what everyone reads, an application behind its code, and the office."""
