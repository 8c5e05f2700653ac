"""The attacker gets nothing out of a release, and everything out of one that is tampered with."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stemme.disclosure import gate
from stemme.disclosure.attacker.attack import Means, Verdict, attack, narrowest
from stemme.disclosure.attacker.printed import Row, Share
from stemme.disclosure.attacker.whole import Possible, possible
from stemme.disclosure.gate import make_release
from stemme.disclosure.model import Refusal, ReleaseRefused
from stemme.disclosure.percentage import band_of_tens, whole_percent

Small = Callable[..., Any]
Body = dict[str, Any]
ATTACKER = Path(gate.__file__).parent / "attacker"


def released(case: Any) -> Body:
    return dict(json.loads(make_release(*case, header={}).encode()))


def attacked(body: Body, earlier: Body | None = None) -> Verdict:
    return attack(json.dumps(body).encode(), json.dumps(earlier).encode() if earlier else None)


def broken(verdict: Verdict) -> set[tuple[str | None, tuple[int, ...], float, float]]:
    return {(f.target.group, f.target.categories, f.low, f.high) for f in verdict.broken}


def show_all(body: Body, counts: list[list[int]], top: int) -> Body:
    """The release as it would be if nothing were hidden."""
    totals = [sum(column) for column in zip(*counts, strict=True)]
    district, comparison = body["tables"]
    district["rows"][0] = row(totals, [[c] for c in totals])
    comparison["rows"] = [row(totals, [totals[top:]]), *(row(g, [g[top:]]) for g in counts)]
    for at, printed in enumerate(comparison["rows"][1:]):
        printed["group"] = f"g{at}"
    return body


def row(counts: list[int], sums: list[list[int]]) -> Body:
    base = sum(counts)
    shares = [whole_percent(sum(part), base) for part in sums]
    return {"group": None, "base": band_of_tens(base), "percents": shares}


def test_attacker_imports_nothing_of_the_protector() -> None:
    """Its modules import each other, numpy, scipy and the standard library, and nothing else."""
    imported = {
        name
        for path in ATTACKER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
        )
    }
    ours = {name for name in imported if name and name.startswith("stemme")}
    assert ours
    assert all(name.startswith("stemme.disclosure.attacker.") for name in ours)


def test_release_of_the_gate_gives_nothing_away(small: Small) -> None:
    """Around every hidden number of a release stays a range of at least five."""
    verdict = attacked(released(small([[20, 30], [25, 15], [40, 3]])))
    assert () == verdict.broken
    widths = narrowest(verdict.findings)
    assert widths.anybody is not None
    assert widths.anybody >= 5
    assert widths.insider is None or widths.insider >= 4
    assert widths.coalition is None or widths.coalition >= 3
    assert set(Means) - {Means.EARLIER, Means.WEIGHTS} == set(verdict.tried)


def test_printed_percentage_of_a_small_count_is_exact(small: Small) -> None:
    """Showing a hidden 7 % of 40 to 49 people tells that it is three of them."""
    body = released(small([[20, 30], [25, 15], [40, 3]]))
    assert [None] == body["tables"][1]["rows"][3]["percents"]
    body["tables"][1]["rows"][3]["percents"] = [7]
    assert ("g2", (1,), 3, 3) in broken(attacked(body))


def test_one_secondary_cell_shown_gives_a_small_one_away(small: Small) -> None:
    """Among 25 people a single percentage that was hidden for the sake of another tells of four."""
    body = released(small([[2, 4, 7], [2, 6, 4]], top=(1, 2)))
    assert [None, None, 44] == body["tables"][0]["rows"][0]["percents"]
    body["tables"][0]["rows"][0]["percents"][1] = 40
    assert (None, (0,), 4, 4) in broken(attacked(body))


def test_one_late_respondent_is_told_by_two_releases(small: Small) -> None:
    """Each release is safe alone; their difference is what the one late respondent answered."""
    first = released(small([[10, 5], [11, 8]]))
    second = released(small([[10, 6], [11, 8]]))
    assert () == attacked(first).broken == attacked(second).broken
    verdict = attacked(second, earlier=first)
    assert Means.EARLIER in verdict.tried
    assert (None, (1,), 1, 1) in broken(verdict)


def test_whole_percentages_alone_hide_nothing(small: Small) -> None:
    """With rounding and bands but nothing hidden, small counts are exact."""
    counts = [[20, 30], [25, 15], [40, 3], [2, 41]]
    body = show_all(released(small(counts)), counts, top=1)
    assert {("g2", (1,), 3, 3), ("g3", (0,), 2, 2)} <= broken(attacked(body))


def test_exact_bases_do_not_break_what_is_protected(small: Small) -> None:
    """The protector takes counts of shown cells for known, so exact bases give nothing away."""
    counts = [[20, 30], [25, 15], [40, 3], [60, 40]]
    body = released(small(counts))
    for table in body["tables"]:
        for printed in table["rows"]:
            group = printed["group"]
            base = sum(map(sum, counts)) if group is None else sum(counts[int(group[1])])
            printed["base"] = [base, base]
    assert () == attacked(body).broken


def test_exact_bases_and_one_secondary_cell_give_a_small_one_away(small: Small) -> None:
    """With exact bases the cell hidden for another's sake is all that protects it."""
    counts = [[20, 30], [25, 15], [40, 3]]
    body = released(small(counts))
    for table in body["tables"]:
        for printed in table["rows"]:
            group = printed["group"]
            base = sum(map(sum, counts)) if group is None else sum(counts[int(group[1])])
            printed["base"] = [base, base]
    body["tables"][1]["rows"][2]["percents"] = [whole_percent(15, 40)]
    assert ("g2", (1,), 3, 3) in broken(attacked(body))


def test_release_that_the_attacker_breaks_is_refused(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If protection failed to hide anything, nothing leaves, and the question is named."""
    monkeypatch.setattr(gate, "protect", lambda counted, _: [frozenset()] * len(counted.tallies))
    with pytest.raises(ReleaseRefused) as refused:
        make_release(*small([[20, 30], [25, 15], [40, 3]]), header={})
    assert (Refusal.EXPOSED, "v", "by0") == (
        refused.value.reason,
        refused.value.variable,
        refused.value.by,
    )


def test_release_with_nothing_to_show_is_refused(small: Small) -> None:
    """Nine answers make no release."""
    with pytest.raises(ReleaseRefused) as refused:
        make_release(*small([[2, 3], [2, 2]]), header={})
    assert Refusal.TOO_FEW is refused.value.reason


@pytest.mark.parametrize(
    ("base", "share", "minimum", "expected"),
    [
        ((40, 49), 7, 1, Possible((41, 46), ((3, 3),), ((38, 43),))),
        ((10, 19), 46, 1, Possible((13, 13), ((6, 6),), ((7, 7),))),
        ((40, 49), 0, 5, Possible((40, 49), ((0, 0),), ((40, 49),))),
        ((40, 49), 11, 5, Possible((44, 47), ((5, 5),), ((39, 42),))),
        ((40, 49), 7, 5, None),
    ],
)
def test_rounding_leaves_few_whole_numbers(
    base: tuple[int, int], share: int, minimum: int, expected: Possible | None
) -> None:
    """A percentage and a band of tens leave the counts typed in here, and rules leave fewer."""
    assert expected == possible(Row("g", base, ((0,),), (Share(share),)), minimum)
