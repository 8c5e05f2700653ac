"""Put the annual report together from what the system knows; what nobody said stands as missing.

Numbers about people come from releases alone, in the words of their stories.
"""

from __future__ import annotations

from typing import NamedTuple

import asyncpg

from stemme.config import Config
from stemme.dashboards.service import reading, story
from stemme.dashboards.service.report.shape import MISSING, NOTHING, Report, Section, Table
from stemme.i18n import format_date
from stemme.programme import rules
from stemme.programme.model import EVALUATION_FIELDS, FocusArea, MeasureUpdate, Programme
from stemme.programme.service import cycle, measures, thread
from stemme.programme.service import tree as programme_of
from stemme.programme.service.measures import Known
from stemme.programme.words import ANSWER_WORDS, STATUS_WORDS, kroner

KIND_WORDS = {
    "question": "Spørsmål i undersøkelser",
    "theme": "Temaer",
    "note": "Lapper fra arbeidsmøter",
    "statement": "Utsagn fra dialogen",
    "proposal": "Forslag",
}
FIELD_WORDS = dict(
    zip(
        EVALUATION_FIELDS,
        (
            *("Planen", "Det som ble gjort", "Konkrete resultater", "Hvem som var med"),
            *("Om prosjektet nådde dem det var for", "Kostnader", "Læring"),
            *("Samarbeid og nye måter å arbeide på", "Overgang til vanlig drift"),
            *("En historie", "Videre"),
        ),
        strict=True,
    )
)


class Facts(NamedTuple):
    """Everything that a report of a year is made of."""

    year: int
    programme: Programme
    results: list[reading.Results]
    answers: list[thread.Answered]
    arrived: list[cycle.Arrived]
    measures: dict[str, Known]
    steps: dict[str, list[MeasureUpdate]]
    chosen: list[str] | None
    evaluations: dict[str, dict[str, str]]


async def assemble(conn: asyncpg.Connection, config: Config, year: int) -> Report:
    """Give the report of a year with empty texts; `conn` is the staff door's."""
    programme = programme_of(config)
    plans = await cycle.list_plans(conn, programme)
    plan = plans.get(year)
    evaluations = await cycle.list_evaluations(conn)
    known = Facts(
        year=year,
        programme=programme,
        results=[
            one for one in await reading.list_results(conn, {}) if one.released_on.year == year
        ],
        answers=[a for a in await thread.list_answers(conn) if a.decision.decided_on.year == year],
        arrived=await cycle.count_inputs(conn, year),
        measures=await measures.list_measures(conn, programme),
        steps=await cycle.list_steps(conn, year),
        chosen=plan.measures if plan is not None and plan.state == "published" else None,
        evaluations={
            one.measure: one.fields
            for one in evaluations.values()
            if one.year == year and one.state == "published"
        },
    )
    return Report(
        title=f"Årsrapport {year} for {programme.title}",
        owner=config.contact,
        sections=_sections(known),
        year=year,
        sample=any(one.sample for one in known.results)
        or any(answer.sample for answer in known.answers),
    )


def _sections(known: Facts) -> list[Section]:
    areas = known.programme.focus_areas
    return [
        Section("innledning", "Innledning"),
        Section("medvirkning", "Medvirkning", facts=_participation(known)),
        Section("resultater", "Hva folk svarte", facts=_results(known)),
        Section("svar", "Du sa – vi gjorde", facts=[_decisions(known)]),
        *(
            Section(area.id, area.title, facts=[*_goals(area), _measures(known, area)])
            for area in areas
        ),
        Section("pa-tvers", "På tvers av innsatsområdene", facts=[_measures(known, None)]),
        Section("penger", "Penger", facts=[*_budget(known), _money(known)]),
        Section("evaluering", "Evaluering av prosjekter", facts=_evaluated(known)),
        Section("videre", "Læring og veien videre"),
    ]


def _participation(known: Facts) -> list[Table]:
    surveys = [
        [one.dashboard.title, _answered(one, known.programme), format_date(one.released_on, "nb")]
        for one in known.results
    ]
    arrived = [[KIND_WORDS[one.kind], str(one.inputs), str(one.answered)] for one in known.arrived]
    return [
        _table(
            "Undersøkelser med resultater", ["Undersøkelse", "Hvor mange svarte", "Vist"], surveys
        ),
        _table(
            "Innspill i løpet av året",
            ["Hva slags innspill", "Kom inn", "Har fått svar"],
            arrived,
            "Svar som var gitt da rapporten ble lagret." if arrived else "",
        ),
    ]


def _answered(results: reading.Results, programme: Programme) -> str:
    bases = [
        line.share.base
        for one in _stories(results, programme)
        for line in one.lines
        if line.share.base
    ]
    base = max(bases, default=None)
    mark = " (eksempelsvar, ikke ekte)" if results.sample else ""
    return (f"om lag {base[0]}–{base[1]}" if base else MISSING) + mark


def _stories(results: reading.Results, programme: Programme) -> list[story.Story]:
    return results.told("nb", lambda: story.tell(results, programme, "nb"))


def _results(known: Facts) -> list[Table]:
    found = [
        table
        for one in known.results
        for table in survey_tables(one, known.programme, one.dashboard.title)
    ]
    return found or [Table("", note=NOTHING)]


def survey_tables(results: reading.Results, programme: Programme, title: str = "") -> list[Table]:
    """Give the shares of each question by focus area, as the release has them."""
    found = []
    for area in [*programme.focus_areas, None]:
        rows = [
            [one.label, _in_words(one)]
            for one in _stories(results, programme)
            if one.focus_area == (area.id if area else None)
        ]
        if rows:
            name = area.title if area else "Hvem svarte"
            note = "Eksempelsvar. Ikke ekte." if results.sample else ""
            heading = f"{title}: {name}" if title else name
            found.append(Table(heading, ["Spørsmål", "Svar"], rows, note))
    return found


def _in_words(one: story.Story) -> str:
    """What a story says in a glance, as one line."""
    before = f"{one.top_label}: " if one.kind == "grid" and one.top_label else ""
    return before + "; ".join(f"{bar.label} {shown(bar)}" for bar in one.glimpse)


def shown(bar: story.Bar) -> str:
    """Give a released number in words; a hidden one is hidden here too."""
    if bar.percent is not None:
        return f"{bar.percent} %"
    return "skjult" if bar.mean is None else f"{bar.mean:.1f}".replace(".", ",")


def _decisions(known: Facts) -> Table:
    rows = [
        [
            one.inputs[0].title("nb"),
            f"{ANSWER_WORDS[one.decision.answer]}. {one.decision.reason}",
            f"{one.decision.decided_by}, {format_date(one.decision.decided_on, 'nb')}",
        ]
        for one in known.answers
    ]
    return _table("Svar som ble gitt i året", ["Innspill", "Svar", "Bestemt av"], rows)


def _measures(known: Facts, area: FocusArea | None) -> Table:
    """The measures of an area: those of the year's plan, and those that something happened to."""
    rows = []
    for one in known.measures.values():
        own = one.goal.focus_area if one.goal else None
        steps = known.steps.get(one.id, [])
        planned = known.chosen is None or one.id in known.chosen
        if own == (area.id if area else None) and (planned or _within(steps, known.year)):
            rows.append([one.title, _status(one, steps, known), _notes(steps, known.year)])
    note = "" if known.chosen is not None else f"Planen for {known.year} er ikke lagt inn."
    return _table("Tiltak", ["Tiltak", "Status", "Hva skjedde"], rows, note)


def _status(one: Known, steps: list[MeasureUpdate], known: Facts) -> str:
    if steps:
        return str(STATUS_WORDS[steps[0].status])
    # What the plan says, it says of its own year alone.
    if known.year == known.programme.plan.year and not one.added:
        return f"{STATUS_WORDS[one.planned]} (handlingsplanen)"
    return MISSING


def _within(steps: list[MeasureUpdate], year: int) -> list[MeasureUpdate]:
    return [one for one in steps if (one.happened_on or one.written_at).year == year]


def _notes(steps: list[MeasureUpdate], year: int) -> str:
    return " ".join(one.note for one in reversed(_within(steps, year)) if one.note) or MISSING


def _goals(area: FocusArea) -> list[Table]:
    """What the report of every year answers to, as the programme words it."""
    rows = [[goal] for goal in area.reporting_goals]
    return [Table("", ["Overordnet mål for rapportering"], rows)] if rows else []


def _budget(known: Facts) -> list[Table]:
    """The year's budget as a document states it, every reservation with it."""
    budget = rules.budget_of(known.programme, known.year)
    if budget is None:
        return []
    rows = [
        [": ".join(filter(None, (one.text, one.entry))), kroner(one.amount), one.note]
        for one in budget.sums
    ]
    source = rules.source_title(known.programme, budget.source)
    note = " ".join(filter(None, (f"Kilde: {source}.", budget.note)))
    return [Table(f"Budsjett {budget.year}", ["Post", "Beløp", "Merknad"], rows, note)]


def _money(known: Facts) -> Table:
    rows = [
        [
            known.measures[id_].title,
            kroner(one.amount),
            "bevilget" if one.amount_kind == "granted" else "brukt",
            one.amount_source,
        ]
        for id_, steps in known.steps.items()
        for one in _within(steps, known.year)
        if one.amount is not None and id_ in known.measures
    ]
    head = ["Tiltak", "Beløp", "Hva", "Offentliggjort i"]
    return _table("Beløp som er offentlige", head, rows)


def _evaluated(known: Facts) -> list[Table]:
    found = []
    for id_, fields in known.evaluations.items():
        one = known.measures.get(id_)
        rows = [[FIELD_WORDS[name], fields.get(name, MISSING)] for name in EVALUATION_FIELDS]
        found.append(Table(one.title if one else id_, ["Spørsmål", "Svar"], rows))
    return found or [Table("", note=NOTHING)]


def _table(title: str, head: list[str], rows: list[list[str]], note: str = "") -> Table:
    return Table(title, head, rows, note) if rows else Table(title, note=note or NOTHING)


def report_of_survey(results: reading.Results, config: Config) -> Report:
    """Give the printed results of one survey."""
    programme = programme_of(config)
    base = _answered(results, programme)
    day = format_date(results.released_on, "nb")
    how = (
        f"{results.dashboard.summary}\n\nHvor mange svarte: {base}. Vist {day}.\n\n"
        "Vi viser bare hele prosenter. «Skjult» betyr at tallet er tatt ut, så ingen kan kjennes "
        "igjen. Alle som ville, kunne svare, og tallene viser hva de som svarte, mener."
    )
    return Report(
        title=results.dashboard.title,
        owner=config.contact,
        sections=[
            Section("om", "Om undersøkelsen", how),
            Section("svar", "Hva folk svarte", facts=survey_tables(results, programme)),
        ],
        year=results.released_on.year,
        sample=results.sample,
    )
