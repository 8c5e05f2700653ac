"""The figure of a question: the tables of its release drawn with the words of its story."""

from __future__ import annotations

from stemme.dashboards import charts
from stemme.dashboards.service.reading import Results
from stemme.dashboards.service.story import Story
from stemme.disclosure import margins
from stemme.i18n import lazy as _
from stemme.i18n import translate

_HIDDEN = _("skjult")


def draw(results: Results, story: Story, lang: str) -> charts.Figure:
    """Give the plotly figure of the whole district's answers."""
    tables = [results.release.district(line.id) for line in story.lines]
    labels = [line.label for line in story.lines]
    deff = None
    if results.dashboard.drawn == "random":
        deff = margins.DESIGN_EFFECT if results.release.weighted else 1.0
    if story.kind == "many":
        return charts.bars(tables, labels, deff)
    answers = {bar.id: bar.label for bar in story.lines[0].bars}
    if story.kind == "grid":
        return charts.stacked(tables, labels, answers, translate(_HIDDEN, lang))
    return charts.distribution(tables[0], answers, deff)
