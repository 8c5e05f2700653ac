"""Waves are compared only where the same was asked and counted in the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from stemme.dashboards import files, rules
from stemme.dashboards.model import Dashboard, Index, Themes
from stemme.dashboards.rules import comparing
from stemme.surveys.model import Survey

FOLDER = Path(__file__).parents[2] / "dashboards"
SLUG = "torstrand-nullpunkt"


@pytest.fixture(scope="module")
def baseline(surveys: dict[str, Survey]) -> Survey:
    return surveys[SLUG]


@pytest.fixture(scope="module")
def dashboard(surveys: dict[str, Survey]) -> Dashboard:
    loaded, complaints = files.load_plan(FOLDER / f"{SLUG}.yaml", surveys)
    assert loaded is not None, complaints
    return loaded


def told(survey: Survey, dashboard: Dashboard, *, sample: bool = False) -> rules.Told:
    return rules.Told(survey, dashboard, rules.publication_plan(dashboard, survey), sample)


def changed(thing: Any, old: str, new: str) -> Any:
    """The same survey or plan with one text of its file another."""
    text = msgspec.json.encode(thing).decode()
    assert old in text
    return msgspec.json.decode(text.replace(old, new), type=type(thing))


def test_the_same_again_is_comparable(dashboard: Dashboard, baseline: Survey) -> None:
    """Every variable and every breakdown of a plan compares with itself."""
    wave = told(baseline, dashboard)
    for table in wave.plan.tables:
        assert rules.comparable(wave, wave, table.variable) is None
        for by in table.by:
            assert rules.comparable(wave, wave, table.variable, by) is None


def test_a_sample_is_never_compared_with_answers(dashboard: Dashboard, baseline: Survey) -> None:
    """Invented answers beside real ones would be read as a change."""
    real, sample = told(baseline, dashboard), told(baseline, dashboard, sample=True)
    assert comparing.SAMPLE == rules.comparable(real, sample, "trivsel_liv")


BREAKS = [
    ('"mode":"anonymous"', '"mode":"confidential"', "trivsel_liv", comparing.MODE),
    ("Hvor fornøyd er du med livet ditt nå?", "Er du fornøyd?", "trivsel_liv", comparing.WORDING),
    ("Litt uenig", "Delvis uenig", "samhold.hjelper", comparing.WORDING),
    ("Naboer hjelper hverandre", "Naboene hjelper", "samhold.hjelper", comparing.WORDING),
    ("'litt_utrygg'", "'ganske_trygg'", "utrygg_grunn.morkt", comparing.WORDING),
]


@pytest.mark.parametrize(("old", "new", "variable", "reason"), BREAKS)
def test_a_changed_survey_is_a_break(
    dashboard: Dashboard, baseline: Survey, old: str, new: str, variable: str, reason: str
) -> None:
    """Another mode, wording, answer or condition is no change in what people think."""
    before, after = told(baseline, dashboard), told(changed(baseline, old, new), dashboard)
    assert reason == rules.comparable(before, after, variable)
    assert reason == rules.comparable(after, before, variable)


def test_changed_cuts_are_a_break(dashboard: Dashboard, baseline: Survey) -> None:
    """Other bands stop the question, other ages only the comparison of ages."""
    before = told(baseline, dashboard)
    cut = '"to":5.0},{"value":"middels","label":"6–8","from":6.0'
    bands = changed(dashboard, cut, cut.replace("5.0", "4.0").replace("6.0", "5.0"))
    assert comparing.ANSWERS == rules.comparable(before, told(baseline, bands), "trivsel_liv")
    ages = changed(dashboard, '["a16_24","a25_34"]', '["a16_24"]')
    assert rules.comparable(before, told(baseline, ages), "trivsel_liv") is None
    said = rules.comparable(before, told(baseline, ages), "trivsel_liv", "alder")
    assert comparing.GROUPS == said
    assert rules.comparable(before, told(baseline, ages), "trivsel_liv", "kjonn") is None


def test_what_was_not_shown_is_not_compared(dashboard: Dashboard, baseline: Survey) -> None:
    """A variable or a breakdown of one wave alone has nothing to stand beside."""
    wave = told(baseline, dashboard)
    fewer = msgspec.structs.replace(dashboard, panels=dashboard.panels[1:])
    assert comparing.MISSING == rules.comparable(wave, told(baseline, fewer), "trivsel_liv")
    assert comparing.MISSING == rules.comparable(wave, wave, "trivsel_liv", "sprak")
    assert comparing.MISSING == rules.comparable(wave, wave, "endre")


def test_an_index_of_other_items_is_another_index(dashboard: Dashboard, baseline: Survey) -> None:
    """What it is made of, what is turned and where it is cut must be the same in both waves."""
    index = Index(
        id="samhold_indeks",
        label="Samhold",
        of=["samhold.hjelper", "samhold.kjenner", "tillit"],
        at_least=60,
        top_label="Minst 60",
    )

    def wave(**other: Any) -> rules.Told:
        made = msgspec.structs.replace(index, **other)
        return told(baseline, msgspec.structs.replace(dashboard, indices=[made]))

    assert rules.comparable(wave(), wave(label="Sammen"), "samhold_indeks") is None
    others = {
        comparing.WORDING: wave(of=["samhold.hjelper", "tillit"]),
        comparing.ANSWERS: wave(at_least=70),
    }
    for reason, other in others.items():
        assert reason == rules.comparable(wave(), other, "samhold_indeks")
    turned = wave(reversed=["tillit"])
    assert comparing.ANSWERS == rules.comparable(wave(), turned, "samhold_indeks")
    names = {"tema-1": "Lys", "tema-2": "Trafikk"}
    first, second = (
        told(
            baseline,
            msgspec.structs.replace(dashboard, themes=[Themes(question="endre", names=one)]),
        )
        for one in (names, names | {"tema-2": "Biler"})
    )
    assert rules.comparable(first, second, "endre.tema-1") is None
    assert comparing.ANSWERS == rules.comparable(first, second, "endre.tema-2")
