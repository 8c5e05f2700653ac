"""The programme as open data: the official wording, and what it means in another language."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from stemme.dashboards.service.chapters import programme_text
from stemme.dashboards.service.open_release import Text
from stemme.programme import model

Official = Annotated[str, Meta(description="The wording of the programme, always in Norwegian.")]
Reservation = Annotated[str, Meta(description="What must be said with the sums, in Norwegian.")]
Reading = Annotated[
    Literal["high", "medium", "low"],
    Meta(description="How sure it is that it belongs here: the documents do not always say."),
]


class Node(Struct, frozen=True, kw_only=True):
    """What everything in the tree has: an id for good, its official name, and a translation."""

    id: str
    title: Official
    label: Text
    description: Text


class Goal(Node, frozen=True, kw_only=True):
    """A goal of the programme."""

    confidence: Reading


class SubArea(Node, frozen=True, kw_only=True):
    """A part of a focus area."""

    goals: list[Goal]


class FocusArea(Node, frozen=True, kw_only=True):
    """One of the programme's focus areas."""

    sub_areas: list[SubArea]
    reporting_goals: list[Official]


class Measure(Node, frozen=True, kw_only=True):
    """A measure of the yearly plan, quoted in `text`."""

    text: Official
    status: Literal["planned", "potential"]
    confidence: Reading


class PlanGoal(Struct, frozen=True, kw_only=True):
    """A goal of the yearly plan; without a focus area it cuts across all of them."""

    id: str
    title: Official
    label: Text
    focus_area: str | None
    sub_areas: list[str]
    confidence: Reading
    measures: list[Measure]


class ActionPlan(Struct, frozen=True, kw_only=True):
    """The yearly plan."""

    id: str
    year: int
    title: Official
    label: Text
    goals: list[PlanGoal]


class Sum(Struct, frozen=True, kw_only=True):
    """A sum in whole kroner, with the reservation that belongs to it."""

    text: Official
    entry: Official
    amount: int
    note: Reservation
    focus_area: str | None
    confidence: Reading


class Sums(Struct, frozen=True, kw_only=True):
    """Lines and the total that is printed below them."""

    lines: list[Sum]
    total: Sum


class Budget(Struct, frozen=True, kw_only=True):
    """The money of a year as a document states it: what there is, and what it is meant for."""

    year: int
    source: str
    mapping: Literal["as_printed", "inferred_from_layout"]
    note: Reservation
    available: Sums
    allocated: Sums


class Source(Struct, frozen=True, kw_only=True):
    """A public document that the wording comes from."""

    id: str
    title: str


class Programme(Struct, frozen=True, kw_only=True):
    """The tree that every question and every result hangs on, by the ids in `about`."""

    id: str
    title: Official
    label: Text
    summary: Text
    area: str
    municipality: str
    first_year: int
    last_year: int
    lang: str
    sources: list[Source]
    focus_areas: list[FocusArea]
    plan: ActionPlan
    budget: Budget | None


_Titled = (
    model.FocusArea | model.SubArea | model.Goal | model.ActionPlan | model.PlanGoal | model.Measure
)


class _Teller:
    """Tells the programme in one language."""

    def __init__(self, programme: model.Programme, lang: str) -> None:
        self.programme, self.lang = programme, lang

    def say(self, path: str, source: str) -> str:
        return programme_text(self.programme, self.lang, path, source)

    def label(self, node: _Titled) -> str:
        return self.say(f"{node.id}.title", node.title)

    def description(self, node: model.FocusArea | model.SubArea | model.Goal) -> str:
        return self.say(f"{node.id}.description", node.description)

    def focus_area(self, area: model.FocusArea) -> FocusArea:
        return FocusArea(
            id=area.id,
            title=area.title,
            label=self.label(area),
            description=self.description(area),
            sub_areas=[self.sub_area(one) for one in area.sub_areas],
            reporting_goals=area.reporting_goals,
        )

    def sub_area(self, part: model.SubArea) -> SubArea:
        return SubArea(
            id=part.id,
            title=part.title,
            label=self.label(part),
            description=self.description(part),
            goals=[self.goal(one) for one in part.goals],
        )

    def goal(self, goal: model.Goal) -> Goal:
        return Goal(
            id=goal.id,
            title=goal.title,
            label=self.label(goal),
            description=self.description(goal),
            confidence=goal.confidence,
        )

    def plan_goal(self, goal: model.PlanGoal) -> PlanGoal:
        return PlanGoal(
            id=goal.id,
            title=goal.title,
            label=self.label(goal),
            focus_area=goal.focus_area,
            sub_areas=goal.sub_areas,
            confidence=goal.confidence,
            measures=[self.measure(one) for one in goal.measures],
        )

    def measure(self, measure: model.Measure) -> Measure:
        return Measure(
            id=measure.id,
            title=measure.title,
            label=self.label(measure),
            text=measure.text,
            description=self.say(f"{measure.id}.description", measure.description),
            status=measure.status,
            confidence=measure.confidence,
        )


def document(programme: model.Programme, lang: str) -> Programme:
    """Give the whole tree in a language, the official wording beside it."""
    teller, plan = _Teller(programme, lang), programme.plan
    return Programme(
        id=programme.id,
        title=programme.title,
        label=teller.say("title", programme.title),
        summary=teller.say("summary", programme.summary),
        area=programme.area,
        municipality=programme.municipality,
        first_year=programme.period.from_,
        last_year=programme.period.to,
        lang=lang,
        sources=[Source(id=one.id, title=one.title) for one in programme.sources],
        focus_areas=[teller.focus_area(area) for area in programme.focus_areas],
        plan=ActionPlan(
            id=plan.id,
            year=plan.year,
            title=plan.title,
            label=teller.label(plan),
            goals=[teller.plan_goal(goal) for goal in plan.goals],
        ),
        budget=msgspec.convert(programme.budget, Budget | None, from_attributes=True),
    )
