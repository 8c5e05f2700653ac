"""Use cases of grants: applying, assessing, deciding, telling."""
