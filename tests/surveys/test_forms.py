"""Posted forms: what they become, and what is said about what cannot be."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stemme.surveys import files, forms
from stemme.surveys.rules.layout import lay_out
from stemme.surveys.rules.values import Problem

TYPES = Path(__file__).parent / "fixtures" / "types"


def laid_out(name):
    survey, _ = files.load(TYPES / f"{name}.yaml", frozenset({"bolig"}))
    return lay_out(survey)


LAYOUTS = {
    name: laid_out(name) for name in ("one", "many", "grid", "slider", "number", "text", "shown")
}


def read(name, **fields):
    layout = LAYOUTS[name]
    pairs = [(key.replace("__", "-"), one) for key, values in fields.items() for one in values]
    return forms.read(layout, forms.posted_fields(layout, pairs), "2026-11-22")


@pytest.mark.parametrize("typed", ["3", " 3 ", "٣", "۳", "3,0", "3.0", "٣٫٠"])
def test_all_three_digit_sets_are_read(typed):
    """Latin, Arabic-Indic and Persian digits, with comma or point, give the same number."""
    assert {"antall": 3} == read("number", q__antall=[typed]).answers


@pytest.mark.parametrize("typed", ["tre", "1e5", "3 4 x", "--3", "∞", "nan", "1" * 400, "\x00"])
def test_what_is_no_number_is_told(typed):
    """A number field says so, and gives no answer."""
    reading = read("number", q__antall=[typed])

    assert ({}, {"antall": Problem("number")}) == (reading.answers, reading.problems)


def test_empty_fields_are_no_answers():
    """What is left open, or holds only spaces, is unanswered."""
    reading = read("text", q__kort=["   "], q__langt=[""])

    assert ({}, {}) == (reading.answers, reading.problems)


def test_texts_are_cleaned():
    """Line ends are plain, letters composed, and control characters gone."""
    typed = "A\u030a\r\nab\x00c\x07\u0085"

    assert {"langt": "Å\nabc"} == read("text", q__langt=[typed]).answers


def test_the_order_of_ticks_is_the_order_of_choices():
    """The same boxes give the same answer, however a browser sends them."""
    assert {"farger": ["rod", "gul"]} == read("many", q__farger=["gul", "rod", "gul"]).answers


def test_a_grid_is_read_row_by_row():
    """Rows left open are left out; rows that are not ours are no rows."""
    fields = {"q__samhold-hjelper": ["enig"], "q__samhold-forged": ["enig"]}

    assert {"samhold": {"hjelper": "enig"}} == read("grid", **fields).answers


def test_forged_choices_are_problems_not_answers_that_count():
    """A value that the page did not offer is told."""
    assert {"alder": Problem("choice")} == read("one", q__alder=["evig"]).problems
    assert {"farger": Problem("choice")} == read("many", q__farger=["rod", "sort"]).problems
    assert {"trivsel": Problem("choice")} == read("slider", q__trivsel=["99"]).problems


def test_hidden_questions_have_no_problems():
    """What is not asked cannot be wrong."""
    assert {} == read("shown", q__bor_her=["nei"], q__rom=["900"]).problems
    assert {"rom"} == set(read("shown", q__bor_her=["ja"], q__rom=["900"]).problems)


def test_foreign_fields_are_dropped():
    """Only fields of this survey are taken from a form."""
    pairs = [("state", "x"), ("go", "next"), ("q-nope", "1"), ("q-alder", "ung"), ("q-alder", b"x")]

    assert {"q-alder": ["ung"]} == forms.posted_fields(LAYOUTS["one"], pairs)


def test_problems_are_explained_in_the_language():
    """Each problem is a sentence; a check has the words of its survey."""
    part = LAYOUTS["number"].question("antall")
    texts = {"side.antall.checks.0.message": "Ikkje 13."}

    assert "Ikkje 13." == forms.explain(part, Problem("check", 0), texts, "nn")
    assert "Skriv 1 eller et høyere tall." == forms.explain(part, Problem("small", 1), {}, "nb")
    assert "Skriv et helt tall." == forms.explain(part, Problem("step", 1), {}, "nb")


names = st.sampled_from(
    sorted(
        {name for layout in LAYOUTS.values() for part in layout.parts for name in part.fields}
        | {"q-", "q--", "state", "q-samhold-", "q-samhold"}
    )
)
typed = st.one_of(st.text(max_size=30), st.sampled_from(["ja", "nei", "3", "٣", "enig", "rod"]))


@given(st.sampled_from(sorted(LAYOUTS)), st.lists(st.tuples(names, typed), max_size=12))
def test_any_form_can_be_read(name, pairs):
    """Whatever is posted, it is read without an exception, as answers to our questions only."""
    layout = LAYOUTS[name]

    reading = forms.read(layout, forms.posted_fields(layout, pairs), "2026-11-22")

    assert set(reading.answers) <= set(layout.questions)
    assert set(reading.problems) <= set(layout.questions)
