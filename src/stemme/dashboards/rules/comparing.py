"""Whether two waves may stand beside each other: only what was asked and counted alike."""

from __future__ import annotations

from typing import NamedTuple

from stemme.dashboards.model import Band, Dashboard, Index, Total
from stemme.dashboards.rules.planning import groups_of
from stemme.dashboards.rules.questions import choices_of, placed_questions
from stemme.disclosure import plan as disclosure
from stemme.i18n import lazy as _
from stemme.surveys.model import Grid, Many, One, Slider, Survey

SAMPLE = _("Eksempelsvar og ekte svar kan ikke sammenlignes.")
MISSING = _("Dette ble ikke vist begge gangene.")
MODE = _("Undersøkelsen ble ikke gjort på samme måte begge gangene.")
WORDING = _("Spørsmålet ble ikke stilt på samme måte begge gangene.")
ANSWERS = _("Svarene er ikke delt inn på samme måte begge gangene.")
GROUPS = _("Gruppene er ikke delt inn på samme måte begge gangene.")


class Told(NamedTuple):
    """One wave as it was released: the survey that was asked, and the plan it was counted by."""

    survey: Survey
    dashboard: Dashboard
    plan: disclosure.Plan
    sample: bool


def comparable(one: Told, other: Told, variable: str, by: str | None = None) -> str | None:
    """Give why a variable of two waves cannot be compared, as a text to translate; None if it can.

    With `by` the groups of that breakdown are compared too. A changed mode, wording, list of
    answers or cut is a break between waves, never a change in what people think.
    """
    if one.sample != other.sample:
        return SAMPLE
    if not _planned(one, variable, by) or not _planned(other, variable, by):
        return MISSING
    if (one.survey.mode, one.survey.audience) != (other.survey.mode, other.survey.audience):
        return MODE
    if _asked(one, variable) != _asked(other, variable):
        return WORDING
    if _counted(one, variable) != _counted(other, variable) or _rescored(one, other, variable):
        return ANSWERS
    if by is not None and _groups(one, by) != _groups(other, by):
        return GROUPS
    return None


def _planned(told: Told, variable: str, by: str | None) -> bool:
    tables = {table.variable: table.by for table in told.plan.tables}
    return variable in tables and (by is None or by in tables[variable])


def _asked(told: Told, variable: str) -> object:
    """What people read before they answered, and who was asked."""
    name, _dot, part = variable.partition(".")
    placed = placed_questions(told.survey).get(name)
    if placed is None:
        return [(item, _asked(told, item)) for item in _items(told, name)]
    question = placed.question
    rows = question.rows if isinstance(question, Grid) else []
    row = [one.label for one in rows if one.value == part]
    return type(question), question.label, question.hint, placed.shown, row, _offered(told, name)


def _offered(told: Told, name: str) -> object:
    """The answers to choose from: one more word in a list changes what the others get."""
    question = placed_questions(told.survey)[name].question
    if isinstance(question, One | Many | Grid):
        return [(choice.value, choice.label) for choice in choices_of(told.survey, question)]
    if isinstance(question, Slider):
        return question.min, question.max, question.step, question.ends
    return None


def _items(told: Told, name: str) -> list[str]:
    """What an index or a total is made of."""
    made: list[Index | Total] = [*told.dashboard.indices, *told.dashboard.totals]
    return next((one.of for one in made if one.id == name), [])


def _counted(told: Told, variable: str) -> object:
    """How answers became the numbers: categories, the top share, and the bands behind them."""
    name = variable.partition(".")[0]
    own = told.plan.variable(variable)
    cuts: dict[str, list[Band]] = {one.question: one.bands for one in told.dashboard.panels}
    cuts |= {one.id: one.bands for one in told.dashboard.totals}
    bands = [(band.value, band.from_, band.to) for band in cuts.get(name, [])]
    turned = [sorted(one.reversed) for one in told.dashboard.indices if one.id == name]
    themes = [
        one.names.get(variable.removeprefix(f"{name}."))
        for one in told.dashboard.themes
        if one.question == name
    ]
    return own.categories, own.top, bands, turned, themes


def _rescored(one: Told, other: Told, variable: str) -> bool:
    """Whether answers stand for other numbers; a mean that one wave did not show is no break."""
    before, after = (told.plan.variable(variable) for told in (one, other))
    if not before.values or not after.values:
        return False
    return (before.values, before.bands) != (after.values, after.bands)


def _groups(told: Told, by: str) -> object:
    """The answers of each group, and what was asked to make them."""
    groups = groups_of(told.dashboard, told.survey, by)
    return {name: sorted(of) for name, of in groups.items()}, list(groups), _offered(told, by)
