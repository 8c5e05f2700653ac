"""What a plan comes to: how many numbers of which kind, of whom, and which groups are too small."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stemme.config import Config
from stemme.dashboards import files, rules
from stemme.dashboards.model import Dashboard
from stemme.disclosure.plan import Plan, Table, Variable
from stemme.surveys.model import Survey
from stemme.surveys.service import publishing


def explain(dashboard: Dashboard, survey: Survey, people: int | None = None) -> Iterator[str]:
    """Give lines on a plan: all that will ever be shown, and with how many answers it works."""
    plan = rules.publication_plan(dashboard, survey)
    yield f"{dashboard.id}: {_sum(plan)}"
    for part in rules.parts_of(dashboard):
        own = rules.variables_of(dashboard, survey, part)
        if own:
            yield f"  {_part(plan, own, part.by)}"
    for name in dashboard.breakdowns:
        yield f"  by {name}: {_groups(plan, name, people)}"


def _sum(plan: Plan) -> str:
    variables = {one.id: one for one in plan.variables}
    district = sum(_district(variables[table.variable]) for table in plan.tables)
    groups = sum(_compared(plan, table) for table in plan.tables)
    means = [table for table in plan.tables if variables[table.variable].mean]
    of_groups = sum(_compared(plan, table) for table in means)
    return (
        f"{district} percentages of everyone, {groups} of groups, {len(means)} means of everyone, "
        f"{of_groups} of groups; nothing else will ever be shown"
    )


def _district(variable: Variable) -> int:
    """The shares of everyone that say something: of two answers, one tells the other."""
    return 1 if variable.question else len(variable.categories)


def _compared(plan: Plan, table: Table) -> int:
    return sum(len(plan.breakdown(name).groups) for name in table.by)


def _part(plan: Plan, own: list[Variable], by: list[str]) -> str:
    first, names = own[0], [variable.id for variable in own]
    name = names[0].partition(".")[0]
    said = [f"{len(own)} choices" if first.question else f"{len(first.categories)} answers"]
    if len(own) > 1 and not first.question:
        said[0] = f"{len(own)} rows of {len(first.categories)} answers"
    if first.mean:
        said.append("a mean")
    if by:
        what = "the share" if first.question else f"the share of {' + '.join(first.top)}"
        said.append(f"{what}{' and the mean' if first.mean else ''} by {', '.join(by)}")
    if first.asked:
        said.append(f"asked of {first.asked.variable} = {' or '.join(first.asked.categories)}")
    said.append(f"minimum {plan.threshold(first)}{', sensitive' if first.sensitive else ''}")
    return f"{name}: {'; '.join(said)}"


def _groups(plan: Plan, name: str, people: int | None) -> str:
    groups, least = plan.breakdown(name).groups, plan.base_threshold()
    said = f"{', '.join(groups)}; a group of fewer than {least} is not shown"
    if people is None:
        return said
    if not people or people < least:
        return f"{said}: with {people} answers, none is"
    share, even = -(-100 * least // people), people // len(groups)
    said += f": with {people} answers, one under {share} % of them; even groups have {even} each"
    return f"{said}: MERGE, as some are likely too small" if even < 2 * least else said


def explain_answers(dashboard: Dashboard, survey: Survey, path: Path) -> Iterator[str]:
    """Give what a file's answers would lose: groups that are too small, numbers that are hidden.

    Raises `ContentWrong` for a wrong file, and `Refused` where nothing could be published.
    """
    from stemme.dashboards.service.folder import read_answers
    from stemme.dashboards.service.releasing import protect

    plan = rules.publication_plan(dashboard, survey)
    _, coder = read_answers(path, survey, dashboard)
    least = plan.base_threshold()
    for name, codes in coder.coded().breakdowns.items():
        for place, group in enumerate(plan.breakdown(name).groups):
            if (codes == place).sum() < least:
                yield f"  by {name}: {group} is smaller than {least}: MERGE it, or it is hidden"
    release = protect(plan, coder, {"survey": survey.id})
    for table in release.tables:
        rows = table.groups if table.by else table.rows
        shown = [share for row in rows for share in row.percents]
        if None in shown:
            of = f" by {table.by}" if table.by else ""
            yield f"  {table.variable}{of}: {shown.count(None)} of {len(shown)} hidden"
    hidden = release.hidden
    yield (
        f"  in all {hidden.district + hidden.groups} of {hidden.district_of + hidden.groups_of}"
        " percentages are hidden"
    )


def plans_in(config: Config, paths: list[Path]) -> Iterator[tuple[Dashboard, Survey]]:
    """Give the plans of files that are right, with their surveys."""
    surveys = publishing.read_all(config)
    for path in paths:
        plan, complaints = files.load_plan(path, surveys)
        if plan is not None and not complaints:
            yield plan, surveys[plan.survey]
