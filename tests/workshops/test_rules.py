"""Codes, texts, times and head-counts."""

from __future__ import annotations

import datetime
import secrets

from hypothesis import given
from hypothesis import strategies as st

from stemme.workshops.rules import codes, evening, texts


def test_codes_are_typed_in_many_ways():
    """A code is found however it is parted; one that cannot be is told so."""
    code = codes.make(secrets.choice)
    assert code == codes.tidy(f" {code[:4].lower()} - {code[4:]} ")
    assert code == codes.tidy(codes.shown(code))
    for wrong in ("", "CFGH234", "CFGH23456", "CFGHO345", "ABCDEFGH", "æøåæøåæø"):
        assert codes.tidy(wrong) is None


@given(st.text(max_size=300), st.integers(1, 50))
def test_parting_loses_no_word(text, longest):
    """Part after part, every sign that is not space comes through, in order."""
    rest, parts = texts.tidy(text), []
    while rest:
        part, rest = texts.part(rest, longest)
        assert len(part) <= longest
        parts.append(part)
        if not part:
            break
    assert "".join(texts.tidy(text).split()) == "".join("".join(parts).split())


def test_tidy_takes_what_nobody_writes():
    """Zero bytes and control signs go, lines and every script stay."""
    assert "a\nb\tc ቋንቋ" == texts.tidy("a\r\nb\tc\0\x07 ቋንቋ\ud800")


def test_a_code_is_good_for_its_night():
    """Codes end at four in the morning, summer and winter; late notes have a day more."""
    for day in (datetime.date(2026, 3, 28), datetime.date(2026, 11, 22)):
        end = evening.valid_until(day)
        assert (day + datetime.timedelta(1), 4) == (end.date(), end.hour)
        assert datetime.timedelta(hours=24) == evening.late_until(end) - end


def test_a_workshop_opens_on_its_day_or_the_day_before():
    """Not a week early, and not when it is over."""
    day = datetime.date(2026, 11, 22)
    noon = datetime.datetime(2026, 11, 22, 12, tzinfo=evening.OSLO)
    told = [evening.may_open(day, noon + datetime.timedelta(days)) for days in (-2, -1, 0, 1)]
    assert [False, True, True, False] == told


def test_heads_are_floored():
    """Nobody can tell whether the seventeenth came."""
    assert {"a": 15, "b": 0, "c": 20} == evening.floored({"a": 17, "b": 4, "c": 20})
