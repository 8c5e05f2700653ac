"""What is asked, on which page, and which answers may stand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stemme.surveys import files
from stemme.surveys.expressions.evaluate import Context
from stemme.surveys.model import Survey
from stemme.surveys.rules import layout as rules
from stemme.surveys.rules.layout import lay_out
from stemme.surveys.rules.repeating import fold
from stemme.surveys.rules.values import Problem, problem_with
from stemme.surveys.rules.walking import visible

TYPES = Path(__file__).parent / "fixtures" / "types"
TREE = frozenset({"bolig"})


def laid_out(name):
    survey, _ = files.load(TYPES / f"{name}.yaml", TREE)
    return lay_out(survey)


SHOWN = laid_out("shown")


def visible_names(answers):
    shown = visible(SHOWN, answers, "2026-11-22")
    return {SHOWN.parts[index].name for index in shown}


def test_a_condition_shows_and_hides():
    """A question is there when its condition holds, and only then."""
    assert "hvor" in visible_names({"bor_her": "nei"})
    assert "hvor" not in visible_names({"bor_her": "ja"})
    assert "hvor" not in visible_names({})


def test_what_stands_in_a_hidden_group_is_hidden_and_reads_as_unanswered():
    """An answer given before its page was hidden decides nothing any more."""
    answers = {"bor_her": "nei", "rom": 9}

    assert not {"om_bolig", "rom", "mye"} & visible_names(answers)
    assert {"om_bolig", "rom", "mye"} <= visible_names({**answers, "bor_her": "ja"})


def test_hidden_answers_are_dropped():
    """Only answers to questions that are shown are kept."""
    answers = {"bor_her": "nei", "rom": 9, "hvor": "Larvik"}
    shown = visible(SHOWN, answers, "")

    assert {"bor_her": "nei", "hvor": "Larvik"} == rules.asked(SHOWN, answers, shown)


def test_pages_with_nothing_on_them_are_skipped():
    """Next and back pass over a page that is hidden."""
    without = rules.asked_pages(SHOWN, visible(SHOWN, {"bor_her": "nei"}, ""))
    with_it = rules.asked_pages(SHOWN, visible(SHOWN, {"bor_her": "ja"}, ""))

    assert ([0, 2], [0, 1, 2]) == (without, with_it)
    assert (2, None, 0, None) == (
        rules.next_page(without, 0),
        rules.next_page(without, 2),
        rules.previous_page(without, 2),
        rules.previous_page(without, 0),
    )


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "bor_her": st.sampled_from(["ja", "nei", "forged"]),
            "hvor": st.text(max_size=5),
            "rom": st.integers(-5, 50),
            "mye": st.text(max_size=5),
            "fornoyd": st.sampled_from(["ja", "nei"]),
        },
    )
)
def test_walking_forward_and_back_meets_the_same_pages(answers):
    """Whatever is answered, back undoes next, and every asked page is met once."""
    pages = rules.asked_pages(SHOWN, visible(SHOWN, answers, ""))
    walked = [pages[0]]
    while (page := rules.next_page(pages, walked[-1])) is not None:
        walked.append(page)
    back = [walked[-1]]
    while (page := rules.previous_page(pages, back[-1])) is not None:
        back.append(page)

    assert pages == walked == back[::-1]


@pytest.mark.parametrize(
    ("survey", "name", "value", "expected"),
    [
        ("one", "alder", "ung", None),
        ("one", "alder", None, Problem("required")),
        ("one", "alder", "forged", Problem("choice")),
        ("one", "alder", ["ung"], Problem("choice")),
        ("many", "farger", ["rod", "bla"], None),
        ("many", "farger", None, None),
        ("many", "farger", ["rod"], Problem("few", 2)),
        ("many", "farger", ["rod", "bla", "gul", "hvit"], Problem("many", 3)),
        ("many", "farger", ["ingen"], None),
        ("many", "farger", ["ingen", "rod"], Problem("exclusive")),
        ("many", "farger", ["rod", "forged"], Problem("choice")),
        ("many", "farger", ["rod", "rod"], Problem("choice")),
        ("many", "farger", "rod", Problem("choice")),
        ("grid", "samhold", {"hjelper": "enig"}, None),
        ("grid", "samhold", {"hjelper": "forged"}, Problem("choice")),
        ("grid", "samhold", {"forged": "enig"}, Problem("choice")),
        ("grid", "samhold", ["enig"], Problem("choice")),
        ("slider", "trivsel", 0, None),
        ("slider", "trivsel", 10, None),
        ("slider", "trivsel", 11, Problem("choice")),
        ("slider", "trivsel", -1, Problem("choice")),
        ("slider", "trivsel", 2.5, Problem("choice")),
        ("slider", "trivsel", True, Problem("number")),
        ("slider", "trivsel", "3", Problem("number")),
        ("number", "antall", 2, None),
        ("number", "antall", 2.5, None),
        ("number", "antall", 2.25, Problem("step", 0.5)),
        ("number", "antall", 0, Problem("small", 1)),
        ("number", "antall", 21, Problem("large", 20)),
        ("number", "antall", 13, Problem("check", 0)),
        ("number", "antall", float("inf"), Problem("number")),
        ("number", "antall", float("nan"), Problem("number")),
        ("text", "kort", "åtte tgn", None),
        ("text", "kort", "elleve tegn", Problem("long", 10)),
        ("text", "kort", "😀" * 10, None),
        ("text", "kort", 3, Problem("choice")),
    ],
)
def test_which_values_may_stand(survey, name, value, expected):
    """Each kind of question takes what it offers and nothing else."""
    part = laid_out(survey).question(name)

    assert expected == problem_with(part, value, Context())


def test_a_required_grid_wants_every_row():
    """One row of a required grid is not enough."""
    import msgspec

    survey, _ = files.load(TYPES / "grid.yaml", TREE)
    raw = msgspec.to_builtins(survey)
    raw["items"][0]["items"][0]["required"] = True
    part = lay_out(msgspec.convert(raw, Survey)).question("samhold")

    assert Problem("required") == problem_with(part, {"hjelper": "enig"}, Context())
    assert None is problem_with(part, {"hjelper": "enig", "kjenner": "uenig"}, Context())


json_values = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.lists(st.text(max_size=5), max_size=4),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
)


@given(st.sampled_from(["one", "many", "grid", "slider", "number", "text"]), json_values)
def test_no_value_at_all_breaks_the_rules(survey, value):
    """Whatever is posted is judged, never an exception."""
    layout = laid_out(survey)
    for name in layout.questions:
        problem = problem_with(layout.question(name), value, Context())

        assert problem is None or isinstance(problem, Problem)


def test_minimum_group():
    """Five, and ten for children and for sensitive questions."""
    import msgspec

    survey, _ = files.load(TYPES / "slider.yaml", TREE)
    child = msgspec.structs.replace(survey, audience="children")
    question = survey.items[0].items[0]

    assert (5, 10, 10) == (
        rules.minimum(survey),
        rules.minimum(survey, question),
        rules.minimum(child),
    )


def test_free_text_is_kept_apart():
    """Coded answers hold none of what was said in own words."""
    layout = laid_out("shown")

    coded, texts = fold(layout, {"bor_her": "nei", "hvor": "Larvik"})

    assert ({"bor_her": "nei"}, {"hvor": "Larvik"}) == (coded, texts)
