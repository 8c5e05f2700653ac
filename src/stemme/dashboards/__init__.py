"""Dashboards: publication plans, releases, and every page on which the public reads results."""
