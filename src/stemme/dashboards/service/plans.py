"""The publication plans of the place that is served."""

from __future__ import annotations

from collections.abc import Mapping

from stemme.config import Config
from stemme.dashboards import files
from stemme.dashboards.model import Dashboard
from stemme.errors import ContentWrong
from stemme.i18n.source import Complaint, read
from stemme.programme import files as programme_files
from stemme.surveys.model import Survey
from stemme.surveys.service import publishing


def plan_of(config: Config, survey: Survey) -> Dashboard:
    """Give the plan that publishes a survey; raises `ContentWrong` with what is wrong with it."""
    folder = config.place / "dashboards"
    for path in sorted(folder.glob("*.yaml")):
        if path.name == files.PROGRAMME:
            continue
        source, _ = read(path)
        if source is not None and source.data.get("survey") == survey.id:
            plan, complaints = files.load_plan(path, {survey.id: survey})
            if plan is None:
                raise ContentWrong("\n".join(map(str, complaints)))
            return plan
    raise ContentWrong(f"dashboards/: no publication plan names the survey '{survey.id}'")


def complaints_of_place(config: Config) -> list[Complaint]:
    """Give what is wrong with the programme and with every plan, held against its survey."""
    folder = config.place / "dashboards"
    programme, found = programme_files.load(folder / files.PROGRAMME)
    # Without a programme no survey can be read, so no plan can be held against one.
    return found if programme is None else complaints_of_plans(config, publishing.read_all(config))


def complaints_of_plans(config: Config, surveys: Mapping[str, Survey]) -> list[Complaint]:
    """Give what is wrong with every plan."""
    folder = config.place / "dashboards"
    found: list[Complaint] = []
    publishes: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name == files.PROGRAMME:
            continue
        plan, complaints = files.load_plan(path, surveys)
        found += complaints
        if plan is None:
            continue
        if plan.survey in publishes:
            said = f"'{plan.survey}' is already published by {publishes[plan.survey]}"
            found.append(Complaint(f"dashboards/{path.name}", 1, said))
        publishes.setdefault(plan.survey, path.name)
    return found
