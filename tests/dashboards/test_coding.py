"""Relations between variables, means, indices, totals and themes: from a plan to codes."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from stemme.dashboards import files, rules
from stemme.dashboards.model import Band, Dashboard, Index, Themes, Total
from stemme.dashboards.rules.coding import Coder
from stemme.dashboards.rules.scores import index_score
from stemme.disclosure.plan import Asked, Variable
from stemme.surveys.model import Group, Number, Survey
from stemme.surveys.service.sample import sample_rows

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


def variable(dashboard: Dashboard, survey: Survey, name: str) -> Variable:
    return rules.publication_plan(dashboard, survey).variable(name)


def codes(dashboard: Dashboard, survey: Survey, *people: dict[str, Any]) -> dict[str, list[int]]:
    coder = Coder(dashboard, survey)
    for answers in people:
        coder.add(answers)
    return {name: column.tolist() for name, column in coder.coded().variables.items()}


def with_show(survey: Survey, name: str, show: str | None) -> Survey:
    """The survey with another condition on one of its questions."""

    def change(items: list[Any]) -> list[Any]:
        return [
            msgspec.structs.replace(item, items=change(item.items))
            if isinstance(item, Group)
            else msgspec.structs.replace(item, show=show)
            if item.name == name
            else item
            for item in items
        ]

    return msgspec.structs.replace(survey, items=change(survey.items))


ASKED = [
    ("${bo_videre} = 'nei' or ${bo_videre} = 'kanskje'", Asked("bo_videre", ("kanskje", "nei"))),
    ("not(${bo_videre} = 'ja') and ${bo_videre} != ''", None),
    ("${bo_videre} != 'ja'", None),
    ("selected(${reise}, 'bil')", Asked("reise.bil", ("ja",))),
    ("selected(${reise}, 'bil') or selected(${reise}, 'el')", None),
    ("${trivsel_liv} < 4", Asked("trivsel_liv", ("lav",))),
    ("${trivsel_liv} > 5 and ${hjelpere} > 2", Asked("hjelpere", ("noen", "mange"))),
    ("${samhold.hjelper} = 'helt_uenig'", Asked("samhold.hjelper", ("helt_uenig",))),
    ("${trivsel_liv} >= 0", None),
    ("${hjelpere} > 2", Asked("hjelpere", ("noen", "mange"))),
    ("${hjelpere} > 3", Asked("hjelpere", ("noen", "mange"))),
    (None, None),
]


@pytest.mark.parametrize(("show", "expected"), ASKED, ids=[str(case[0]) for case in ASKED])
def test_a_condition_is_a_relation(
    dashboard: Dashboard, baseline: Survey, show: str | None, expected: Asked | None
) -> None:
    """Who was asked follows from `show`, as far as one published variable can say it."""
    survey = with_show(baseline, "flyttegrunn", show)
    assert expected == variable(dashboard, survey, "flyttegrunn.pris").asked


def test_who_was_not_asked_has_not_answered(dashboard: Dashboard, baseline: Survey) -> None:
    """An answer beside its condition, from an older version or forged, is not counted."""
    people: list[dict[str, Any]] = [
        {"bo_videre": "nei", "flyttegrunn": ["pris"]},
        {"bo_videre": "ja", "flyttegrunn": ["pris"]},
        {"flyttegrunn": ["pris"]},
    ]
    found = codes(dashboard, baseline, *people)
    assert [0, -1, -1] == found["flyttegrunn.pris"]
    assert [1, -1, -1] == found["flyttegrunn.jobb"]


def test_choices_of_a_question_belong_together(dashboard: Dashboard, baseline: Survey) -> None:
    """A choice names its question, and whether it stands alone."""
    alone = variable(dashboard, baseline, "steder.ingen")
    assert ("steder", True, False) == (alone.question, alone.exclusive, alone.open_choices)
    assert not variable(dashboard, baseline, "steder.moa").exclusive


def test_scales_have_means_and_choices_where_the_plan_says_so(
    dashboard: Dashboard, baseline: Survey
) -> None:
    """A scale keeps its steps inside its bands; the codes of choices are their scores."""
    scale = variable(dashboard, baseline, "trivsel_liv")
    assert tuple(map(float, range(11))) == scale.values
    assert (0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2) == scale.bands
    row = variable(dashboard, baseline, "samhold.hjelper")
    assert ((1.0, 2.0, 3.0, 4.0, 5.0), (), True) == (row.values, row.bands, row.mean)
    assert not variable(dashboard, baseline, "ensomhet.utenfor").mean
    panels = [
        msgspec.structs.replace(panel, mean=False) if panel.question == "trivsel_liv" else panel
        for panel in dashboard.panels
    ]
    without = msgspec.structs.replace(dashboard, panels=panels)
    assert ((), False) == (
        variable(without, baseline, "trivsel_liv").values,
        variable(without, baseline, "trivsel_liv").mean,
    )
    assert [1] == codes(without, baseline, {"trivsel_liv": 7})["trivsel_liv"]


INDEX = Index(
    id="samhold_indeks",
    label="Samhold",
    of=["samhold.hjelper", "samhold.kjenner", "tillit"],
    reversed=["tillit"],
    at_least=60,
    top_label="Minst 60",
)


def test_an_index_is_the_mean_of_what_was_answered(dashboard: Dashboard, baseline: Survey) -> None:
    """From 0 to 100 in fives, turned where it must be, and none with fewer than two in three."""
    plan = msgspec.structs.replace(dashboard, indices=[INDEX])
    index = variable(plan, baseline, "samhold_indeks")
    assert (21, ("under", "nadd"), ("nadd",)) == (index.codes, index.categories, index.top)
    assert (100.0, 1, 0) == (index.values[-1], index.bands[12], index.bands[11])
    people: list[dict[str, Any]] = [
        {"samhold": {"hjelper": "helt_enig", "kjenner": "helt_enig"}, "tillit": 0},
        {"samhold": {"hjelper": "helt_uenig", "kjenner": "litt_uenig"}},
        {"samhold": {"hjelper": "helt_enig"}},
        {"samhold": {"hjelper": "vet_ikke"}, "tillit": 3},
    ]
    assert [20, 3, -1, -1] == codes(plan, baseline, *people)["samhold_indeks"]
    assert [100.0, 15.0, None] == [
        index_score([1.0, 1.0, 1.0]),
        index_score([0.0, 0.25, None]),
        index_score([1.0, None, None]),
    ]


def test_an_index_of_sensitive_items_is_sensitive(dashboard: Dashboard, baseline: Survey) -> None:
    """The most sensitive of its items decides."""
    lonely = msgspec.structs.replace(INDEX, of=["ensomhet.utenfor", "tillit"], reversed=[])
    plan = msgspec.structs.replace(dashboard, indices=[lonely])
    found = variable(plan, baseline, "samhold_indeks")
    assert (True, 10) == (found.sensitive, found.minimum)


def test_a_total_is_known_in_bands_only(dashboard: Dashboard, baseline: Survey) -> None:
    """The sum of numbers, of those who gave them all."""
    more = Number(name="venner", label="Hvor mange venner?", min=0, max=99)
    page = msgspec.structs.replace(baseline.items[0], items=[more, *baseline.items[0].items])
    survey = msgspec.structs.replace(baseline, items=[page, *baseline.items[1:]])
    bands = [
        Band(value="fa", label="Få", from_=0, to=9),
        Band(value="mange", label="Mange", from_=10, to=198),
    ]
    total = Total(id="alle", label="Alle", of=["hjelpere", "venner"], bands=bands)
    plan = msgspec.structs.replace(dashboard, totals=[total])
    found = variable(plan, survey, "alle")
    assert (("fa", "mange"), (), False) == (found.categories, found.values, found.mean)
    people = [{"hjelpere": 4, "venner": 5}, {"hjelpere": 5, "venner": 5}, {"hjelpere": 5}]
    assert [0, 1, -1] == codes(plan, survey, *people)["alle"]


def test_themes_are_choices_that_leave_some_out(dashboard: Dashboard, baseline: Survey) -> None:
    """A text without any of the themes counts among those who wrote; ten is the least."""
    themes = Themes(question="endre", names={"tema-1": "Lys", "tema-3": "Trafikk"})
    plan = msgspec.structs.replace(dashboard, themes=[themes])
    found = variable(plan, baseline, "endre.tema-1")
    assert (True, 10, "endre", True) == (
        found.sensitive,
        found.minimum,
        found.question,
        found.open_choices,
    )
    people: list[dict[str, Any]] = [{"endre": ["tema-1"]}, {"endre": []}, {"endre": ["x"]}, {}]
    columns = codes(plan, baseline, *people)
    assert [0, 1, 1, -1] == columns["endre.tema-1"]
    assert [1, 1, 1, -1] == columns["endre.tema-3"]


def test_lines_and_people_give_the_same_codes(dashboard: Dashboard, baseline: Survey) -> None:
    """Whole chunks of JSON are coded as single answers are, also where one of them is forged."""
    rows = sample_rows(baseline, 1, 50, datetime.date(2026, 11, 20))
    coded: list[Any] = [row[6] for row in rows]
    for answers in (coded, [*coded, {"stedsord": "vennlig", "samhold": 3, "tillit": True}]):
        one, other = Coder(dashboard, baseline), Coder(dashboard, baseline)
        for person in answers:
            one.add(person)
        other.add_lines(b"\n".join(map(msgspec.json.encode, answers)))
        first, second = one.coded(), other.coded()
        assert (len(answers), len(answers)) == (one.people, other.people)
        for name, column in first.variables.items():
            assert np.array_equal(column, second.variables[name]), name
        for name, column in first.breakdowns.items():
            assert np.array_equal(column, second.breakdowns[name]), name
