"""`dashboards/<slug>.yaml` to a publication plan, every complaint with its line."""

from stemme.dashboards.files.reading import load_plan

PROGRAMME = "programme.yaml"

__all__ = ["PROGRAMME", "load_plan"]
