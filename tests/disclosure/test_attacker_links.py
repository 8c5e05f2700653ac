"""What questions say about each other: the attacker puts together what each alone is silent on."""

from __future__ import annotations

from stemme.disclosure.attacker.attack import Finding, examine
from stemme.disclosure.attacker.bases import pin
from stemme.disclosure.attacker.printed import (
    Asked,
    Breakdown,
    Nested,
    Panel,
    Publication,
    Range,
    Row,
    Share,
)
from stemme.disclosure.attacker.puzzle import pose
from stemme.disclosure.attacker.rowspace import spanned

PARTS = ((0,), (1,))


def row(group: str | None, base: int, chosen: int | None) -> Row:
    """A row of exact counts of a question with two answers."""
    count: Range | None = None if chosen is None else (chosen, chosen)
    return Row(group, (base, base), ((0,),), (None,), (count,))


def panel(name: str, district: Row, *groups: Row, by: str = "by") -> Panel:
    breakdowns = (Breakdown(by, groups),) if groups else ()
    return Panel(name, ("yes", "no"), PARTS, 5, district, breakdowns)


def ends(findings: tuple[Finding, ...], variable: str, group: str | None) -> Range:
    """Between which numbers those who chose it lie, without supposing anything."""
    (found,) = (
        f
        for f in findings
        if (f.variable, f.target.group, f.target.categories) == (variable, group, (0,))
        and f.target.planned
        and not f.closed
    )
    return int(found.low), int(found.high)


def test_everybody_chose_at_least_one() -> None:
    """Of twenty who chose one of three, eight and nine chose the others: three chose the hidden."""
    choices = [
        panel(f"c{at}", row(None, 20, chosen))._replace(question="q")
        for at, chosen in enumerate((8, 9, None))
    ]
    assert (3, 20) == ends(examine(Publication(tuple(choices))).findings, "c2", None)
    open_ = [choice._replace(open_choices=True) for choice in choices]
    assert (0, 20) == ends(examine(Publication(tuple(open_))).findings, "c2", None)


def test_choice_that_goes_with_no_other_leaves_the_rest() -> None:
    """Where sixteen of twenty chose another one, at most four chose the one that stands alone."""
    shown = panel("c0", row(None, 20, 16))._replace(question="q")
    alone = panel("c1", row(None, 20, None))._replace(question="q", exclusive=True)
    assert (4, 4) == ends(examine(Publication((shown, alone))).findings, "c1", None)


def test_followed_up_are_among_those_who_said_so() -> None:
    """Fifteen answered the follow-up, so at least fifteen gave the hidden answer it asks about."""
    parent = panel("p", row(None, 60, None))
    child = panel("f", row(None, 15, 7))._replace(asked=Asked("p", (0,)))
    assert (15, 60) == ends(examine(Publication((parent, child))).findings, "p", None)


def test_same_people_pin_a_base() -> None:
    """A band of tens beside shares of two choices of a question leaves one base for both."""
    shares = [Row(None, (10, 19), ((0,),), (Share(share),)) for share in (46, 69)]
    choices = [panel(f"c{at}", own)._replace(question="q") for at, own in enumerate(shares)]
    pinned = pin(Publication(tuple(choices)))
    assert [(13, 13), (13, 13)] == [choice.district.base for choice in pinned.panels]
    assert 2 == pinned.pinned


def test_respondents_bound_every_base() -> None:
    """Of fifty who took part forty are in one group, so at most ten in the other answered."""
    hidden = Row("b", None, ((0,),), (None,))
    own = panel("v", row(None, 48, 20), row("a", 40, 15), hidden)
    bounded = pin(Publication((own,), people=50)).panels[0]
    assert (0, 10) == bounded.breakdowns[0].rows[1].between


def test_group_within_another_has_no_more() -> None:
    """Three chose it in the quarter, so no more than three in the street that lies there."""
    street = panel(
        "v", row(None, 80, 40), row("street", 12, None), row("else", 68, None), by="street"
    )
    quarter = Breakdown("quarter", (row("west", 30, 3), row("east", 50, 37)))
    own = street._replace(breakdowns=(*street.breakdowns, quarter))
    own = own._replace(district=row(None, 80, None))
    assert (0, 12) == ends(examine(Publication((own,))).findings, "v", "street")
    nested = (Nested("street", "street", "quarter", "west"),)
    known = examine(Publication((own,), nested=nested)).findings
    assert (0, 3) == ends(known, "v", "street")


def test_row_space_finds_what_equations_add_up_to() -> None:
    """A hidden count is spanned if its group's base and the other answer are, and else is not."""
    own = panel("v", row(None, 30, 12), row("a", 10, None), row("b", 20, 9))
    puzzle = pose([own], obedient=False, every=True)
    found = zip(puzzle.targets, spanned(puzzle).tolist(), strict=True)
    chosen = {target.group: exact for target, exact in found if target.categories == (0,)}
    assert {"a": False, "b": True, None: False} == chosen


def test_numbers_of_no_people_are_said_to_be_so() -> None:
    """More in a group than in the district: nothing follows, and the variable is named."""
    own = panel("v", row(None, 30, 12), row("a", 20, 15))
    assert ("v",) == examine(Publication((own,))).contradictory


def test_everybody_chose_as_many() -> None:
    """Who must choose exactly two of three: what is left of forty choices is the hidden one."""
    choices = [
        panel(f"c{at}", row(None, 20, chosen))._replace(question="q", least=2, most=2)
        for at, chosen in enumerate((19, 18, None))
    ]
    assert (3, 3) == ends(examine(Publication(tuple(choices))).findings, "c2", None)


def test_nobody_chose_more_beside_what_stands_alone() -> None:
    """A hundred may choose two; 194 choices leave at most three who chose none of them."""
    shown = [panel(f"c{at}", row(None, 100, 97))._replace(question="q", most=2) for at in (0, 1)]
    alone = panel("c2", row(None, 100, None))._replace(question="q", most=2, exclusive=True)
    assert (0, 3) == ends(examine(Publication((*shown, alone))).findings, "c2", None)


def test_two_that_stand_alone_are_not_the_same_people() -> None:
    """Of twenty 13 chose something and four one that stands alone: the other has at most three."""
    shown = panel("c0", row(None, 20, 13))._replace(question="q")
    alone = [
        panel(f"c{at}", row(None, 20, chosen))._replace(question="q", exclusive=True)
        for at, chosen in ((1, 4), (2, None))
    ]
    assert (3, 3) == ends(examine(Publication((shown, *alone))).findings, "c2", None)
    found = examine(Publication((shown._replace(open_choices=True), *alone))).findings
    assert (0, 3) == ends(found, "c2", None)
