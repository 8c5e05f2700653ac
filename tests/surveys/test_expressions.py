"""Conditions: how they are read, what they give, and what their author is told."""

import json
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stemme.surveys.expressions.check import Known, Scope, complaints
from stemme.surveys.expressions.evaluate import Context, holds, result, to_number, to_text
from stemme.surveys.expressions.parser import ExpressionWrong, parse
from stemme.surveys.expressions.pattern import compiled, fits
from stemme.surveys.expressions.possible import never_holds
from stemme.surveys.expressions.reading import PatternWrong, may_blow_up

CASES = json.loads((Path(__file__).parents[1] / "fixtures/expressions.json").read_text("utf-8"))
KNOWN = Context(**CASES["known"])


def stated(value):
    """A value of the file of cases, which is JSON."""
    return float(value["number"]) if isinstance(value, dict) else value


def same(expected, actual):
    """Whether two values are one, kind and all; nothing that is no number differs from another."""
    if isinstance(expected, (bool, str)) or isinstance(actual, (bool, str)):
        return type(expected) is type(actual) and expected == actual
    return expected == actual or (math.isnan(expected) and math.isnan(actual))


@pytest.mark.parametrize(("source", "expected"), CASES["cases"], ids=[c[0] for c in CASES["cases"]])
def test_cases(source, expected):
    """Each expression gives what the rules say; the same file is held to the phone's script."""
    actual = result(parse(source), KNOWN)

    assert same(stated(expected), actual), (stated(expected), actual)


@pytest.mark.parametrize(("source", "expected"), CASES["filters"])
def test_filters(source, expected):
    """In a filter a bare word is what is known of the choice."""
    assert expected is result(parse(source, columns=True), KNOWN)


def test_a_tree_is_plain_json():
    """Another engine can read the same tree."""
    expected = ["and", ["selected", ["ref", "a"], "x"], [">=", ["."], 3.0]]

    assert expected == parse("selected(${a}, 'x') and . >= 3")


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("${a} = ", 8),
        ("${a} = ‘ja’", 8),
        ("(1", 3),
        ("1)", 2),
        ("$a = 1", 1),
        ("a = 1", 1),
        ("foo(1)", 1),
        ("selected(${a})", 1),
        ("${a} = 'ja", 8),
        ("${a} == 'ja'", 7),
        ("../a", 3),
        ("", 1),
    ],
)
def test_the_column_of_a_mistake_is_told(source, column):
    """What cannot be read names the column where reading stopped."""
    with pytest.raises(ExpressionWrong) as raised:
        parse(source)

    assert column == raised.value.column


def test_brackets_without_end_do_not_overflow():
    """Nesting has a limit, so that no file can exhaust the stack."""
    with pytest.raises(ExpressionWrong):
        parse("(" * 5000)


SCOPE = Scope(
    before={
        "a": Known("one", ("ja", "nei")),
        "m": Known("many", ("x", "y")),
        "n": Known("number"),
        "g": Known("grid", ("x",)),
        "g.rad": Known("one", ("x",)),
        "t": Known("text"),
    },
    later=frozenset({"z"}),
)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("${z} = 1", "asked here or later"),
        ("${q} = 1", "there is no question ${q}"),
        ("${a} = 'neij'", "did you mean nei?"),
        ("${a} = 1", "not a number"),
        ("${m} = 'x'", "write selected(${m}, 'value')"),
        ("selected(${m}, 'q')", "has no choice 'q'"),
        ("selected(${n}, '1')", "needs a question with choices"),
        ("${a} < 3", "needs a number"),
        ("${n} > 'mange'", "needs a number"),
        ("${n} = 'tre'", "without quotes"),
        ("${g} = 'x'", "name one of its rows"),
        (". > 3", "a `show` condition has none"),
        ("regex(${t}, '(a+)+')", "not allowed"),
        ("regex(${t}, '[')", "cannot be read"),
        ("regex(${t}, ${a})", "must be a text in quotes"),
    ],
)
def test_the_author_is_told(source, told):
    """A condition that cannot mean what it says is a complaint."""
    assert [True] == [told in message for message in complaints(source, SCOPE)]


@pytest.mark.parametrize(
    "source",
    ["${a} = 'ja'", "${g.rad} = 'x'", "${a} = ''", "count-selected(${m}) >= 2", "${n} > 1.5"],
)
def test_sound_conditions_have_no_complaint(source):
    """What is right passes."""
    assert [] == complaints(source, SCOPE)


trees = st.recursive(
    st.sampled_from(["${a}", "${m}", "${n}", "${tom}", "'x'", "''", "1", "0.5", "today()", "."]),
    lambda inner: st.one_of(
        st.tuples(
            inner,
            st.sampled_from(
                ("=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or")
            ),
            inner,
        ).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda one: f"not({one})"),
        inner.map(lambda one: f"round({one}, 2)"),
        inner.map(lambda one: f"sum({one}, 1, '')"),
        inner.map(lambda one: f"if({one}, {one}, 2)"),
        inner.map(lambda one: f"concat({one}, 'y')"),
        inner.map(lambda one: f"int({one})"),
    ),
    max_leaves=12,
)
values = st.one_of(st.text(max_size=8), st.floats(allow_nan=False), st.integers(-(10**18), 10**18))


@given(trees, st.fixed_dictionaries({"a": values, "m": values, "n": values}), values)
def test_every_sound_tree_gives_a_value(source, answers, own):
    """Evaluating raises for no answers at all."""
    assert holds(parse(source), answers, own, "2026-11-22") in (True, False)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_as_text_have_no_exponent(number):
    """Text of a number can be read back by the same rules, to twelve digits."""
    text = to_text(number)

    assert "e" not in text.lower()
    assert math.isclose(number, to_number(text), rel_tol=1e-11)


@pytest.mark.parametrize(
    ("pattern", "risky"),
    [
        ("(a+)+", True),
        ("(a|a)*", True),
        ("([a-z]|[m-p]x)+", True),
        ("(ab?)*", False),
        ("([0-9]{4} )+", False),
        ("a+b+", False),
        ("(a|b)*", False),
        ("(a+){2,3}", False),
    ],
)
def test_patterns_that_may_blow_up_elsewhere_are_told(pattern, risky):
    """A repeat of a repeat, or of ways that begin alike, is safe here and not in other programs."""
    assert risky is may_blow_up(pattern)


def test_no_pattern_takes_long():
    """The classic of exponential time is answered at once, and nothing nests without end."""
    assert not fits(compiled("(a|aa)*(a|aa)*b"), "a" * 2000)
    for pattern in ("((a{900}){900}){900}", "(" * 3000, "()" * 9 + "((){4000}){4000}{2}"):
        with pytest.raises(PatternWrong):
            compiled(pattern)
    assert fits(compiled("((){4000}){4000}"), "")


letters = st.text("ab-1 å😀", max_size=8)
plain_patterns = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a-b]", "\\d", "\\w", "\\s", "å", "\\-"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=6,
)


@given(plain_patterns, letters)
def test_patterns_agree_with_python(pattern, text):
    """What both can read fits the same texts."""
    assert (re.fullmatch(pattern, text, re.ASCII) is not None) == fits(compiled(pattern), text)


BEFORE = {
    **SCOPE.before,
    "dag": Known("date"),
    "skala": Known("slider", (), 0, 10),
    "aar": Known("number", (), 0, 110),
}


@pytest.mark.parametrize(
    ("sources", "never"),
    [
        (["${a} = 'ja' and ${a} = 'nei'"], True),
        (["${a} = 'ja'", "${a} = 'nei'"], True),
        (["${a} = 'ja'", "${a} != 'nei'"], False),
        (["${skala} > 10"], True),
        (["${skala} >= 10"], False),
        (["${aar} < 0 or ${aar} > 110"], True),
        (["${aar} > 5 and ${aar} < 6"], False),
        (["count-selected(${m}) > 2"], True),
        (["selected(${m}, 'x') and not(selected(${m}, 'y')) and count-selected(${m}) = 2"], True),
        (["selected(${m}, 'x') and count-selected(${m}) = 2"], False),
        (["not(true())"], True),
        (["${t} = 'x' and ${t} = 'y'"], True),
        (["${n} * ${n} = 7"], False),
        (["${t} < today()"], False),
        (["${dag} < '2000-01-01'"], False),
        (["${dag} < '2000-01-01' and ${dag} > '2001-01-01'"], True),
    ],
)
def test_what_can_never_hold_is_found(sources, never):
    """What no answers fulfil, alone or with what stands around, is told; of others nothing is."""
    assert never is never_holds([parse(source) for source in sources], BEFORE)
