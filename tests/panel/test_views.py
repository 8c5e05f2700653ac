"""Counts as stories: known elections in the page's own numbers, and sums that hold for any."""

from __future__ import annotations

import itertools
import os
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stemme.panel import files
from stemme.panel.model import Ballot, Election, Kind, Option
from stemme.panel.rules import choose
from stemme.panel.rules.budget.terms import Completion, Utility
from stemme.panel.views import adding, rounds, telling
from stemme.panel.views.figures import figure
from stemme.panel.views.story import Duel, Move, Story

TOWNS = ("Memphis", "Nashville", "Chattanooga", "Knoxville")


def ranking(names: tuple[str, ...], seats: int, *ballots: tuple[int, str]) -> Election:
    """Rankings as `(voters, "a b c")`, with the lot in the order of the names."""
    return Election(
        Kind.RANKING,
        tuple(Option(name) for name in names),
        tuple(
            Ballot(tuple((names.index(name),) for name in text.split()), (), weight)
            for weight, text in ballots
        ),
        tuple(range(len(names))),
        seats,
    )


def pot(budget: int, costs: dict[str, int], *ballots: tuple[int, str]) -> Election:
    """Approvals as `(voters, "a b")` over projects with costs, with the lot in their order."""
    names = list(costs)
    return Election(
        Kind.APPROVAL,
        tuple(Option(name, cost=Fraction(cost)) for name, cost in costs.items()),
        tuple(
            Ballot((tuple(names.index(name) for name in text.split()),), (), weight)
            for weight, text in ballots
        ),
        tuple(range(len(names))),
        budget=Fraction(budget),
    )


def told(election: Election, rule: str, stated: choose.Options | None = None) -> Story:
    stated = stated or choose.Options()
    return telling.tell(election, rule, stated, choose.RULES[rule](election, stated))


@pytest.fixture
def tennessee() -> Election:
    """Tennessee's capital (Wikipedia, "Ranked voting"): who lives nearest votes for it first."""
    return ranking(
        TOWNS,
        1,
        (42, "Memphis Nashville Chattanooga Knoxville"),
        (26, "Nashville Chattanooga Knoxville Memphis"),
        (15, "Chattanooga Knoxville Nashville Memphis"),
        (17, "Knoxville Chattanooga Nashville Memphis"),
    )


def test_rounds_say_who_left_and_where_the_votes_went(tennessee: Election) -> None:
    """Chattanooga's 15 and then Nashville's 26 go to Knoxville, which wins by 58 to 42."""
    story = told(tennessee, "irv")
    assert [(step.eliminated, step.moves) for step in story.steps[:2]] == [
        (("Chattanooga",), (Move("Knoxville", Fraction(15)),)),
        (("Nashville",), (Move("Knoxville", Fraction(26)),)),
    ]
    last = story.steps[-1]
    assert [(bar.option, bar.score) for bar in last.bars] == [("Knoxville", 58), ("Memphis", 42)]
    assert (last.elected, last.needed) == (("Knoxville",), 51)
    assert story.near is not None
    assert (story.near.option, story.near.missing) == ("Memphis", 16)


def test_a_grid_has_winners_first_and_the_earliest_to_leave_last(tennessee: Election) -> None:
    """Rows stand by how long an option stayed; where it has left, there is no number."""
    story = told(tennessee, "irv")
    grid = rounds.grid(story.steps, story.winners)
    assert [option for option, _ in grid] == ["Knoxville", "Memphis", "Nashville", "Chattanooga"]
    assert [(cell.score, cell.state) for cell in grid[3][1]] == [
        (15, "out"),
        (None, ""),
        (None, ""),
    ]
    assert [cell.state for cell in grid[0][1]] == ["", "", "in"]


def test_other_rules_and_how_many_they_please(tennessee: Election) -> None:
    """Plurality would have taken Memphis, Borda and Schulze Nashville, each with its own voters."""
    story = told(tennessee, "irv")
    assert story.pleased == 17
    assert {one.rule: (one.gained, one.gone, one.pleased) for one in story.others} == {
        "schulze": (("Nashville",), ("Knoxville",), 26),
        "borda": (("Nashville",), ("Knoxville",), 26),
        "plurality": (("Memphis",), ("Knoxville",), 42),
    }


def test_duels_stand_with_the_winner_first(tennessee: Election) -> None:
    """Nashville beats each of the others, the clearest of them first, and there is no ring."""
    story = told(tennessee, "schulze")
    assert story.duels[:3] == (
        Duel("Nashville", "Chattanooga", 68, 32),
        Duel("Nashville", "Knoxville", 68, 32),
        Duel("Nashville", "Memphis", 58, 42),
    )
    assert story.rings == ()


def test_a_ring_is_told_by_the_stronger_way_back() -> None:
    """From a to c it is 9 to 15; but a beats b by 16, b beats c by 17, and 16 is more than 15."""
    election = ranking(("a", "b", "c"), 1, (9, "a b c"), (8, "b c a"), (7, "c a b"))
    story = told(election, "schulze")
    assert story.winners == ("a",)
    (ring,) = story.rings
    assert ring.lost == Duel("c", "a", 15, 9)
    assert ring.way == (Duel("a", "b", 16, 8), Duel("b", "c", 17, 7))
    assert ring.weakest == 16


def test_a_surplus_is_told_as_votes_on_their_way() -> None:
    """Eleven of Andrea's 45 are above the quota and go to Carter (webkom/vote, dataset1, MIT)."""
    election = ranking(
        ("Andrea", "Brad", "Carter"), 2, (45, "Andrea Carter"), (30, "Brad"), (25, "Carter")
    )
    first, second = told(election, "stv").steps
    assert (first.elected, first.moving) == (("Andrea",), 11)
    assert first.moves == (Move("Carter", Fraction(11)),)
    assert second.kept == (Move("Andrea", Fraction(34)),)


def test_every_bought_project_says_who_paid() -> None:
    """Ten each: five pay six for the light, and two of the bench's three have but four left."""
    election = pot(
        60, {"benk": 18, "lys": 30, "park": 50}, (2, "benk lys"), (1, "benk"), (3, "lys")
    )
    story = told(election, "equal-shares", choose.Options(Completion.NONE))
    assert story.money is not None
    lys, benk = story.money.paid
    assert (lys.payers, lys.payment, lys.even, lys.full) == (5, 6, True, 30)
    assert (benk.payers, benk.payment, benk.full) == (1, 10, 10)
    assert (benk.paid_less, benk.last, benk.left) == (2, 8, 12)


def test_why_a_project_lost() -> None:
    """The park's four voters had 300 of 400 left and 300 was missing; nobody wanted the statue."""
    election = pot(
        900,
        {"park": 600, "benk": 300, "lys": 300, "statue": 50, "bro": 1000},
        *((3, "park"), (1, "park benk"), (2, "benk"), (2, "lys"), (1, "lys bro")),
    )
    story = told(election, "equal-shares", choose.Options(Completion.NONE))
    assert story.money is not None
    why = {one.option: one for one in story.money.missed}
    park = why["park"]
    assert (park.why, park.supporters, park.had) == ("short", 4, 400)
    assert (park.left, park.missing, park.spent) == (300, 300, (Move("benk", Fraction(100)),))
    assert {name: one.why for name, one in why.items()} == {
        "park": "short",
        "bro": "dear",
        "statue": "nobody",
    }
    assert story.money.nearest == park


def test_greedy_says_what_was_left_when_it_was_a_projects_turn() -> None:
    """With 100 of 500 left the park of 250 is passed over, and the bench further down is not."""
    election = pot(500, {"bad": 400, "park": 250, "benk": 90}, (5, "bad"), (4, "park"), (3, "benk"))
    story = told(election, "greedy")
    assert story.winners == ("bad", "benk")
    assert story.money is not None
    (park,) = story.money.missed
    assert (park.why, park.left, park.missing) == ("room", 100, 150)


def test_a_place_in_a_committee_costs_a_hundred() -> None:
    """Seven of eleven buy both places by the time three could pay one, and the last had a third."""
    election = Election(
        Kind.APPROVAL,
        tuple(Option(name) for name in ("a", "b", "c", "d")),
        (Ballot(((0, 1),), (), 7), Ballot(((2,),), (), 3), Ballot(((3,),), (), 1)),
        (0, 1, 2, 3),
        seats=2,
    )
    story = told(election, "committee-phragmen")
    assert story.money is not None
    assert [(one.option, one.cost) for one in story.money.paid] == [("a", 100), ("b", 100)]
    assert [(one.option, one.why, one.left) for one in story.money.missed] == [
        ("d", "short", 33),
        ("c", "room", 100),
    ]


def test_a_tie_names_everyone_and_whom_the_lot_took() -> None:
    """Two have four votes each and one place is left: the earlier in the lot has it."""
    election = Election(
        Kind.APPROVAL,
        tuple(Option(name) for name in ("a", "b", "c")),
        (Ballot(((0,),), (), 4), Ballot(((1,),), (), 4), Ballot(((2,),), (), 5)),
        (1, 0, 2),
        seats=2,
    )
    story = told(election, "approval")
    assert story.winners == ("c", "b")
    assert story.tie is not None
    assert (story.tie.options, story.tie.chosen) == (("b", "a"), ("b",))
    assert story.near is not None
    assert story.near.missing == 0


def test_how_numbers_are_written() -> None:
    """Thousands stand apart, and there are two decimals or none, by the language's own sign."""
    assert figure(Fraction(1234567), "nb") == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"
    assert figure(Fraction(40000, 21), "nb") == "1\N{NO-BREAK SPACE}904,76"
    assert figure(Fraction(-1, 100), "nb") == "\N{MINUS SIGN}0,01"
    assert [figure(Fraction(1, 3), lang) for lang in ("en", "ar", "fa-AF")] == ["0.33"] * 3


REAL = os.environ.get("STEMME_REAL_FILES")
WIELICZKA = Path(REAL or ".") / "pabulib" / "poland_wieliczka_2023.pb"


@pytest.mark.skipif(not WIELICZKA.is_file(), reason="STEMME_REAL_FILES has no Pabulib files")
def test_wieliczka_is_explained_as_the_town_was() -> None:
    """Voters for 21 gave 40,048 to 6, and 22,735 to 24, 41, 40, 74 and 19 (equalshares.net)."""
    election = files.read(WIELICZKA)
    story = told(election, "equal-shares", choose.Options(Completion.ADD1))
    assert story.money is not None
    assert (len(story.winners), story.money.cost) == (30, 995_079)
    lost = {one.option: one for one in story.money.missed}
    spent = {move.option: move.amount for move in lost["21"].spent}
    assert spent["6"] == 40_048
    # Five amounts, each a whole number by itself.
    assert abs(sum(spent[option] for option in ("24", "41", "40", "74", "19")) - 22_735) < 5
    assert lost["16"].left == 49_870


# What holds for every election ----------------------------------------------------------------


@st.composite
def rankings(draw: st.DrawFn) -> Election:
    """Rankings of a few options, some of them side by side, with blank ballots and any lot."""
    size = draw(st.integers(2, 6))
    ballots = []
    for _ in range(draw(st.integers(1, 8))):
        order = draw(st.permutations(range(size)))[: draw(st.integers(1, size))]
        shared = draw(st.booleans()) and len(order) > 1
        ranks = ((order[0], order[1]), *((at,) for at in order[2:])) if shared else None
        ballots.append(Ballot(ranks or tuple((at,) for at in order), (), draw(st.integers(1, 9))))
    return Election(
        Kind.RANKING,
        tuple(Option(str(at)) for at in range(size)),
        tuple(ballots),
        tuple(draw(st.permutations(range(size)))),
        seats=draw(st.integers(1, size)),
        blank=draw(st.integers(0, 3)),
    )


@settings(max_examples=200, deadline=None)
@given(rankings(), st.sampled_from(["irv", "stv"]))
def test_every_round_adds_up_to_the_ballots(election: Election, rule: str) -> None:
    """In each round all numbers are the voters; what moves comes from one round into the next."""
    steps = told(election, rule).steps
    voters = sum(ballot.weight for ballot in election.ballots)
    for step in steps:
        kept = sum(move.amount for move in step.kept)
        scores = sum(bar.score for bar in step.bars)
        assert scores + kept + step.nobody + step.rounding == voters
        assert 0 <= step.rounding < Fraction(len(election.options), 100)
        assert all(move.amount > 0 for move in step.moves)
        assert sum(move.amount for move in step.moves) + step.rounded == step.moving
    for step, following in itertools.pairwise(steps):
        gained = {move.option: move.amount for move in step.moves}
        before = {bar.option: bar.score for bar in step.bars}
        for bar in following.bars:
            assert bar.score == before[bar.option] + gained.get(bar.option, 0)
        assert following.nobody == step.nobody + gained.get("", 0)
        assert following.rounding == step.rounding + step.rounded


@st.composite
def pots(draw: st.DrawFn) -> Election:
    """Projects with costs, voters with approvals or points, and a pot."""
    size = draw(st.integers(2, 6))
    points = draw(st.booleans())
    ballots = []
    for _ in range(draw(st.integers(1, 9))):
        chosen = tuple(sorted(draw(st.sets(st.integers(0, size - 1), min_size=1))))
        given_ = tuple(draw(st.integers(1, 3)) for _ in chosen) if points else ()
        ranks = tuple((at,) for at in chosen) if points else (chosen,)
        ballots.append(Ballot(ranks, given_, draw(st.integers(1, 3))))
    return Election(
        Kind.POINTS if points else Kind.APPROVAL,
        tuple(
            Option(str(at), cost=Fraction(draw(st.sampled_from([70, 100, 130, 999, 2500]))))
            for at in range(size)
        ),
        tuple(ballots),
        tuple(draw(st.permutations(range(size)))),
        seats=draw(st.integers(1, size)),
        budget=Fraction(draw(st.integers(300, 3000))),
    )


RULES = ("equal-shares", "greedy", "phragmen", "committee-phragmen", "committee-equal-shares")


@settings(max_examples=150, deadline=None)
@given(
    pots(),
    st.sampled_from(RULES),
    st.sampled_from(Completion),
    st.sampled_from([None, Utility.COUNT]),
)
def test_money_on_the_page_adds_up(
    election: Election, rule: str, completion: Completion, utility: Utility | None
) -> None:
    """Payments sum to costs, costs to what is spent, and what voters had to where it went."""
    stated = choose.Options(completion, utility, Fraction(25))
    money = told(election, rule, stated).money
    assert money is not None
    left = money.budget
    for paid in money.paid:
        left -= paid.cost
        assert paid.left == left
        if paid.payers or paid.paid_less:
            assert paid.full + paid.last == paid.cost
            assert paid.payers + paid.paid_less + paid.broke == paid.supporters
        assert paid.even <= (abs(paid.payment * paid.payers - paid.full) < 1)
    assert money.budget - left == money.cost <= money.budget
    for missed in money.missed:
        assert missed.had in {0, missed.left + sum(move.amount for move in missed.spent)}
        assert all(move.amount.denominator == 1 for move in missed.spent)
        if missed.why == "short":
            assert missed.left + missed.missing == missed.cost
    assert {one.option for one in (*money.paid, *money.missed)} == {
        option.id for option in election.options
    }


@settings(max_examples=200, deadline=None)
@given(st.lists(st.fractions(0, 1000, max_denominator=60), min_size=1, max_size=12))
def test_parts_are_whole_and_sum_to_the_rounded_sum(values: list[Fraction]) -> None:
    """No part is off by a whole unit, and together they are the rounded total."""
    shown = adding.parts(values)
    assert sum(shown) == adding.whole(sum(values, Fraction(0)))
    assert all(abs(part - value) < 1 for part, value in zip(shown, values, strict=True))
