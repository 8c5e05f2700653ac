"""Texts of the survey as frozen with its version, and of the plan, in one language."""

from __future__ import annotations

from stemme.dashboards import rules
from stemme.dashboards.model import Panel
from stemme.dashboards.rules import Placed
from stemme.dashboards.service.reading import Results
from stemme.i18n import SOURCE, content_text
from stemme.surveys.model import Grid, Many, One, Slider, Survey


class Words:
    """Texts of the survey as frozen with its version, and of the plan, in one language."""

    def __init__(self, results: Results, lang: str) -> None:
        self.survey: Survey = results.version.definition
        self.dashboard = results.dashboard
        self.lang = lang
        self._texts = {} if lang == SOURCE else results.version.texts.get(lang, {})

    def asked(self, source: str, *path: str) -> str:
        """Give a text of the survey."""
        return self._texts.get(".".join(path)) or source

    def planned(self, source: str, *path: str) -> str:
        """Give a text of the publication plan."""
        context = f"plan/{self.dashboard.id}:{'.'.join(path)}"
        return content_text("surveys", self.lang, context, source) if source else ""

    def label(self, placed: Placed) -> str:
        """Give a question as asked."""
        return self.asked(placed.question.label, *placed.path, "label")

    def answers(self, placed: Placed, panel: Panel) -> dict[str, str]:
        """Give the label of every answer that is counted."""
        question = placed.question
        if not isinstance(question, One | Many | Grid):
            return {
                band.value: self.planned(
                    band.label, "panels", panel.question, "bands", band.value, "label"
                )
                for band in panel.bands
            }
        at = (
            ("lists", question.choices)
            if isinstance(question.choices, str)
            else (*placed.path, "choices")
        )
        return {
            choice.value: self.asked(choice.label, *at, choice.value, "label")
            for choice in rules.shown_choices(self.survey, question)
        }

    def groups(self, placed: Placed) -> dict[str, str]:
        """Give the label of every group of a background question."""
        name = placed.question.name
        if name not in self.dashboard.groupings:
            return self.answers(placed, Panel(question=name))
        return {
            group.value: self.planned(group.label, "groupings", name, group.value, "label")
            for group in self.dashboard.groupings[name]
        }

    def ends(self, placed: Placed) -> str:
        """Give what the two ends of a scale mean; empty for other questions."""
        question = placed.question
        if not isinstance(question, Slider) or not any(question.ends):
            return ""
        first, last = (
            self.asked(end, *placed.path, "ends", str(index))
            for index, end in enumerate(question.ends)
        )
        return f"{question.min} = {first}. {question.max} = {last}."
