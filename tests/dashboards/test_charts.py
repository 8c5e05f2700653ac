"""Charts: drawn from what left the gate, and from nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from stemme.dashboards import charts
from stemme.disclosure import margins
from stemme.disclosure.model import SafeRow, SafeTable, gate


def table(variable: str, *percents: int | None) -> SafeTable:
    with gate():
        columns = tuple("abcde"[: len(percents)])
        return SafeTable(variable, None, columns, (SafeRow(None, (40, 49), percents),))


LABELS = {letter: letter.upper() for letter in "abcde"}


@pytest.mark.parametrize(
    "forged",
    [
        {"variable": "x", "columns": ["a"], "rows": [[1]]},
        [("a", 1)],
        SimpleNamespace(district=SimpleNamespace(percents=(1, 2)), columns=("a", "b")),
    ],
)
def test_nothing_but_a_safe_table_is_drawn(forged: Any) -> None:
    """What only looks like a table is refused by every chart."""
    with pytest.raises(TypeError):
        charts.bars([forged], ["A"])
    with pytest.raises((TypeError, AttributeError)):
        charts.distribution(forged, LABELS)
    with pytest.raises((TypeError, AttributeError)):
        charts.stacked([forged], ["rad"], LABELS, "skjult")


def test_a_hidden_share_is_nowhere_in_the_figure() -> None:
    """A hidden number has no bar and no text."""
    trace = charts.distribution(table("x", 60, None, None), LABELS)["data"][0]
    assert [60, None, None] == trace["x"]
    assert ["60 %", "", ""] == trace["text"]


def test_a_stack_keeps_what_is_hidden_together() -> None:
    """Hidden parts are one nameless piece: what the shown ones leave of a hundred."""
    figure = charts.stacked([table("x", None, None, 50, 30)], ["rad"], LABELS, "skjult")
    pieces = [(trace["name"], trace["x"]) for trace in figure["data"]]
    assert [
        ("skjult", [20]),
        ("A", [None]),
        ("B", [None]),
        ("C", [50]),
        ("D", [30]),
    ] == pieces


def test_axes_begin_at_zero_and_end_at_a_hundred() -> None:
    """No bar is made longer by a cut axis."""
    figure = charts.bars([table("x", 12, 88)], ["A"])
    assert [0, 100] == figure["layout"]["xaxis"]["range"]


def test_plotly_knows_every_word_of_a_figure() -> None:
    """The library's own validation accepts the figures."""
    import plotly.graph_objects as go

    tables = [table("x", 10, None, 20, 30, 30), table("y", 10, 10, 20, 30, 30)]
    for figure in (
        charts.bars(tables, ["en", "to"]),
        charts.distribution(tables[0], LABELS),
        charts.stacked(tables, ["en", "to"], LABELS, "skjult"),
    ):
        go.Figure(figure)


def test_whiskers_only_where_asked_for_and_shown() -> None:
    """A margin is drawn for a random sample, from the low end of the base; not for hidden ones."""
    assert "error_x" not in charts.distribution(table("x", 50, None), LABELS)["data"][0]
    trace = charts.distribution(table("x", 50, None), LABELS, deff=1.0)["data"][0]
    low, high = margins.percent_interval(50, 40)
    assert [high - 50, 0] == trace["error_x"]["array"]
    assert [50 - low, 0] == trace["error_x"]["arrayminus"]
