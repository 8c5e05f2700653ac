"""The tree every input hangs on: focus area, sub-area and goal, and the plan's measures."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

Confidence = Literal["high", "medium", "low"]


class Base(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every part of the tree shares: immutable, and no key that we do not know."""


class Period(Base, frozen=True, kw_only=True):
    from_: int = field(name="from")
    to: int


class Source(Base, frozen=True, kw_only=True):
    """A public document that the wording comes from."""

    id: str
    title: str


class Goal(Base, frozen=True, kw_only=True):
    """A goal of the programme; `title_2025` where the plan of 2025 words it otherwise."""

    id: str
    title: str
    description: str
    title_2025: str | None = None
    confidence: Confidence = "high"


class SubArea(Base, frozen=True, kw_only=True):
    id: str
    title: str
    description: str
    goals: list[Goal]


class FocusArea(Base, frozen=True, kw_only=True):
    id: str
    title: str
    description: str
    sub_areas: list[SubArea]


class Measure(Base, frozen=True, kw_only=True):
    """`text` is the plan's wording, `title` a short name, `confidence` in its link to the goal."""

    id: str
    title: str
    text: str
    description: str
    status: Literal["planned", "potential"] = "planned"
    confidence: Confidence = "high"


class PlanGoal(Base, frozen=True, kw_only=True):
    """A goal of the yearly plan; without a focus area it cuts across all of them."""

    id: str
    focus_area: str | None
    title: str
    confidence: Confidence
    mapping: Literal["as_printed", "inferred_from_layout"]
    measures: list[Measure]
    sub_areas: list[str] = field(default_factory=list)
    sub_area_confidence: Literal["our_reading", "high", "medium", "low"] | None = None


class ActionPlan(Base, frozen=True, kw_only=True):
    id: str
    year: int
    title: str
    goals: list[PlanGoal]


class Programme(Base, frozen=True, kw_only=True):
    id: str
    title: str
    area: str
    municipality: str
    period: Period
    summary: str
    sources: list[Source]
    focus_areas: list[FocusArea]
    plan: ActionPlan

    def ids(self) -> frozenset[str]:
        """Give the ids an input may hang on: programme, focus areas, sub-areas, goals, measures."""
        found = {self.id}
        for area in self.focus_areas:
            found.add(area.id)
            for sub_area in area.sub_areas:
                found.add(sub_area.id)
                found.update(goal.id for goal in sub_area.goals)
        for goal in self.plan.goals:
            found.add(goal.id)
            found.update(measure.id for measure in goal.measures)
        return frozenset(found)


Node = Programme | FocusArea | SubArea | Goal | PlanGoal | Measure
