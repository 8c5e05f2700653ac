"""`stemme tally`: known elections by every rule, and files that are wrong."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from stemme.cli import main

# Tennessee's capital (Wikipedia, "Ranked voting"): who lives nearest votes for it first.
TENNESSEE = """4 1
42 1 2 3 4 0
26 2 3 4 1 0
15 3 4 2 1 0
17 4 3 2 1 0
0
"Memphis" "Nashville" "Chattanooga" "Knoxville"
"Tennessee"
"""

# webkom/vote, test/stv/datasets/dataset1.js (MIT): quota 34 of 100, two seats.
DROOP = """3 2
45 1 3 0
30 2 0
25 3 0
0
"Andrea" "Brad" "Carter"
"Droop"
"""

# The same source, dataset2.js: after Wikipedia's "Single transferable vote" with three seats.
SWEETS = """5 3
4 1 0
2 2 1 0
8 3 4 0
4 3 5 0
1 4 0
1 5 0
0
"Orange" "Pear" "Chocolate" "Strawberry" "Hamburger"
"Party"
"""

BUDGET = """META
key;value
description;Sample of three groups
budget;900
vote_type;approval
PROJECTS
project_id;cost;name
A;600;Park
B;300;Bench
C;300;Light
VOTES
voter_id;vote
1;A
2;A
3;A
4;A,B
5;B
6;B
7;C
8;C
9;C
"""


def tally(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, *words: str) -> Any:
    """The JSON that `stemme tally` prints for a file with this text."""
    file = tmp_path / ("vote.pb" if text.startswith("META") else "vote.blt")
    file.write_text(text, encoding="utf-8")
    assert main(["tally", str(file), "--json", *words]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("rule", "winner"),
    [
        ("plurality", "1"),
        ("irv", "4"),
        ("borda", "2"),
        ("condorcet", "2"),
        ("schulze", "2"),
    ],
)
def test_tennessee(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rule: str, winner: str
) -> None:
    """First choices elect Memphis, run-off Knoxville, and Nashville beats every other town."""
    assert tally(tmp_path, capsys, TENNESSEE, "--rule", rule)["winners"] == [winner]


def test_surplus_moves_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Andrea's eleven votes above the quota elect Carter, as the Norwegian tool counts it."""
    found = tally(tmp_path, capsys, DROOP, "--rule", "stv")
    assert found["quota"] == 34
    assert found["winners"] == ["1", "3"]
    assert found["rounds"][1]["scores"] == {"2": 30, "3": 36}


def test_seats_below_the_quota(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The third seat goes to who is left, or stays empty where the quota alone elects."""
    found = tally(tmp_path, capsys, SWEETS, "--rule", "stv")
    assert found["quota"] == 6
    assert found["winners"] == ["3", "1", "4"]
    assert found["rounds"][1]["scores"] == {"1": 4, "2": 2, "4": 5, "5": 3}
    alone = tally(tmp_path, capsys, SWEETS, "--rule", "stv", "--quota-only")
    assert alone["winners"] == ["3", "1"]


def test_greedy_and_equal_shares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Greedy gives all to the larger groups; equal shares serve three of the groups' projects."""
    greedy = tally(tmp_path, capsys, BUDGET, "--rule", "greedy")
    assert (greedy["winners"], greedy["cost"]) == (["A", "B"], 900)
    shares = tally(tmp_path, capsys, BUDGET, "--rule", "mes", "--completion", "none")
    assert (shares["winners"], shares["cost"], shares["share"]) == (["B", "C"], 600, 100)
    assert shares["other_rules"]["greedy"] == ["A", "B"]
    assert (shares["pleased"]["equal-shares"], shares["pleased"]["greedy"]) == (6, 6)


def test_a_lost_project_says_where_the_money_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The park's four voters had 300 of 600 left, after one of them paid for the bench."""
    shares = tally(tmp_path, capsys, BUDGET, "--rule", "equal-shares", "--completion", "none")
    assert shares["lost"] == [
        {"option": "A", "supporters": 4, "left": 300, "missing": 300, "spent": {"B": 100}}
    ]


def test_raised_shares_stop_before_they_cost_too_much(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With 150 a voter the park's four could pay it first, and all would cost 1,200 of 900."""
    shares = tally(tmp_path, capsys, BUDGET, "--rule", "equal-shares", "--completion", "add1")
    assert shares["winners"] == ["B", "C"]
    assert shares["share"] == 149
    assert shares["steps"] == 49


def test_the_seed_draws_the_lot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two options with as many votes: the order of the file decides, or the published seed."""
    text = '2 1\n3 1 0\n3 2 0\n0\n"Ja" "Nei"\n"Tie"\n'
    assert tally(tmp_path, capsys, text, "--rule", "plurality")["winners"] == ["1"]
    drawn = {
        seed: tally(tmp_path, capsys, text, "--rule", "plurality", "--seed", seed)["winners"][0]
        for seed in ("1", "2", "3", "4", "5", "6")
    }
    assert set(drawn.values()) == {"1", "2"}


def test_points_and_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Points count as given, and places in a ranking of at most three as three, two and one."""
    head = "META\nkey;value\nbudget;10\nmax_length;3\nvote_type;{}\nPROJECTS\nproject_id;cost\n"
    body = "A;5\nB;5\nC;5\nVOTES\nvoter_id;vote;points\n1;A,B;1,4\n2;C,A;3,1\n"
    given = tally(tmp_path, capsys, head.format("cumulative") + body, "--rule", "score")
    assert given["scores"] == {"A": 2, "B": 4, "C": 3}
    placed = tally(tmp_path, capsys, head.format("ordinal") + body, "--rule", "score")
    assert placed["scores"] == {"A": 5, "B": 2, "C": 3}


def test_a_withdrawn_option_and_shared_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who has withdrawn is passed over; options side by side share the vote."""
    text = '3 1\n-1\n2 1 2 0\n3 2=3 0\n1 0\n0\n"A" "B" "C"\n"T"\n'
    found = tally(tmp_path, capsys, text, "--rule", "irv")
    assert (found["winners"], found["blank"]) == (["2"], 1)
    assert found["rounds"][0]["scores"] == {"2": 3.5, "3": 1.5}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.blt", "2 1\n1 3 0\n0\n", "a.blt:2: there is no option 3; they are 1 to 2"),
        ("a.blt", "2 1\n1 1", "a.blt:2: the file ends where the 0 at the end of a ballot should"),
        ("a.blt", "2 1\nmany 1 0\n", "a.blt:2: the number of voters must be a whole number"),
        ("a.blt", "2 1\n1 1 1 0\n", "a.blt:2: an option is there twice in one ballot"),
        ("a.pb", "key;value\n", "a.pb:1: the file must begin with a line META"),
        ("a.pb", BUDGET.replace("budget;900", "budget;much"), "a.pb:4: budget must be an amount"),
        (
            "a.pb",
            BUDGET.replace("A;600", "B;600"),
            "a.pb:9: project_id `B` is empty or there twice",
        ),
        ("a.pb", BUDGET.replace("approval", "loud"), "a.pb:5: vote_type must be approval, ordinal"),
        ("a.txt", BUDGET, "a.txt: not an election file; its name must end in .pb or .blt"),
    ],
)
def test_a_wrong_file_names_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, said: str
) -> None:
    """Every fault stops the count with the file, the line and what would be right."""
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    assert main(["tally", str(file)]) == 1
    assert said in capsys.readouterr().err


def test_an_odd_vote_is_said_and_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A vote for no project counts for nothing; with --strict the file is refused."""
    file = tmp_path / "a.pb"
    file.write_text(BUDGET.replace("6;B", "6;B,X"), encoding="utf-8")
    assert main(["tally", str(file), "--rule", "approval"]) == 0
    assert "a.pb:18: there is no project `X`" in capsys.readouterr().err
    assert main(["tally", str(file), "--strict"]) == 1


def test_a_rule_that_does_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ranked ballots have no budget to share out."""
    file = tmp_path / "a.blt"
    file.write_text(TENNESSEE, encoding="utf-8")
    assert main(["tally", str(file), "--rule", "greedy"]) == 1
    assert "greedy counts a budget; this file has none" in capsys.readouterr().err


def test_exact_money(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three voters with a third of 100 each can just pay a project of 100: no rounding loses it."""
    text = (
        "META\nkey;value\nbudget;100\nvote_type;approval\nPROJECTS\nproject_id;cost\nA;100\n"
        "VOTES\nvoter_id;vote\n1;A\n2;A\n3;A\n"
    )
    found = tally(tmp_path, capsys, text, "--rule", "equal-shares", "--completion", "none")
    assert found["winners"] == ["A"]
    assert found["purchases"][0]["payment"] == round(float(Fraction(100, 3)), 6)
