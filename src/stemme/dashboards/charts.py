"""`SafeTable`s to plotly figures; nothing else is accepted, so nothing else can be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stemme.disclosure import margins
from stemme.disclosure.model import SafeTable

Figure = dict[str, Any]

_ROW = 34
_AROUND = 90
_HUE = "#1d6a8c"
_DIVERGING = {
    2: ["#b35806", "#1d6a8c"],
    3: ["#b35806", "#d8d8d8", "#1d6a8c"],
    4: ["#b35806", "#f1a340", "#7fb8d4", "#1d6a8c"],
    5: ["#b35806", "#f1a340", "#d8d8d8", "#7fb8d4", "#1d6a8c"],
}
"""Orange to blue: apart for colour-blind eyes, both ends darker than the middle."""


def bars(tables: Sequence[SafeTable], labels: Sequence[str], deff: float | None = None) -> Figure:
    """Draw one bar a table: the first column's share in the whole district (many choices).

    With a design effect each bar has its 95 % interval as a whisker.
    """
    shares = [_district(table)[0] for table in tables]
    lows = [_low(table) for table in tables]
    trace = _trace(labels, shares, "", _HUE) | _whiskers(shares, lows, deff)
    return _figure([trace], len(labels), stacked=False)


def distribution(table: SafeTable, labels: Mapping[str, str], deff: float | None = None) -> Figure:
    """Draw one bar an answer, in the order of the question; whiskers as in `bars`."""
    shares = _district(table)
    names = [labels[column] for column in table.columns]
    whiskers = _whiskers(shares, [_low(table)] * len(names), deff)
    return _figure([_trace(names, shares, "", _HUE) | whiskers], len(names), stacked=False)


def _low(table: SafeTable) -> int:
    """Give how many answered at least; 0 where that is hidden."""
    return table.district.base[0] if table.district.base else 0


def _whiskers(
    shares: Sequence[int | None], lows: Sequence[int], deff: float | None
) -> dict[str, Any]:
    """Give the intervals that published numbers allow; none around what is hidden."""
    if deff is None:
        return {}
    up: list[int] = []
    down: list[int] = []
    for share, low in zip(shares, lows, strict=True):
        shown = share is not None and low >= 10
        least, most = margins.percent_interval(share or 0, low, deff) if shown else (0, 0)
        up.append(most - (share or 0) if shown else 0)
        down.append((share or 0) - least if shown else 0)
    whiskers = {"type": "data", "symmetric": False, "array": up, "arrayminus": down}
    return {"error_x": whiskers | {"color": "#6b7780", "thickness": 2}, "textposition": "none"}


def stacked(
    tables: Sequence[SafeTable], rows: Sequence[str], answers: Mapping[str, str], hidden: str
) -> Figure:
    """Draw one bar a table, cut into its answers in the order of the question.

    What is hidden of a bar is one piece, named `hidden`, where its first hidden answer would be:
    it is what the other pieces leave of 100, so it tells nothing that they do not.
    """
    columns = list(tables[0].columns) if tables else []
    shares = [_district(table) for table in tables]
    colours = _DIVERGING.get(len(columns), [_HUE] * len(columns))
    first = [share.index(None) if None in share else -1 for share in shares]
    left = [max(0, 100 - sum(part or 0 for part in share)) for share in shares]
    traces = []
    for index, column in enumerate(columns):
        if index in first:
            rest = [left[row] if first[row] == index else None for row in range(len(rows))]
            piece = _trace(rows, rest, hidden, "#9a9a9a")
            pattern = {"shape": "/", "size": 6}
            traces.append(
                piece | {"text": None, "marker": {"color": "#9a9a9a", "pattern": pattern}}
            )
        traces.append(
            _trace(rows, [share[index] for share in shares], answers[column], colours[index])
        )
    return _figure(traces, len(rows), stacked=True)


def _district(table: object) -> tuple[int | None, ...]:
    if not isinstance(table, SafeTable):
        raise TypeError(f"only a SafeTable can be drawn, not a {type(table).__name__}")
    return table.district.percents


def _trace(
    names: Sequence[str], shares: Sequence[int | None], name: str, colour: str
) -> dict[str, Any]:
    """Give one trace; a hidden share has no bar and no number, so that it cannot be read off."""
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": list(names),
        "x": list(shares),
        "text": ["" if share is None else f"{share} %" for share in shares],
        "textposition": "inside" if name else "auto",
        "textangle": 0,
        "cliponaxis": False,
        "hoverinfo": "y+name+text",
        "marker": {"color": colour},
    }


def _figure(traces: list[dict[str, Any]], rows: int, *, stacked: bool) -> Figure:
    layout: dict[str, Any] = {
        "barmode": "stack" if stacked else "group",
        "height": _AROUND + _ROW * rows + (60 if stacked else 0),
        "margin": {"l": 8, "r": 44, "t": 8, "b": 40},
        "xaxis": {"range": [0, 100], "ticksuffix": " %", "fixedrange": True, "zeroline": True},
        "yaxis": {"autorange": "reversed", "automargin": True, "fixedrange": True},
        "showlegend": stacked,
        "legend": {"orientation": "h", "traceorder": "normal"},
        "uniformtext": {"mode": "hide", "minsize": 10},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
    }
    return {"data": traces, "layout": layout}
