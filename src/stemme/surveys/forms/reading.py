"""All fields of an answer read together, and what is said about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stemme.i18n import lazy as _
from stemme.i18n import translate
from stemme.surveys.expressions.evaluate import Context
from stemme.surveys.forms.written import line_of, value_of
from stemme.surveys.model import OTHER, Answers, AnswerValue, Question
from stemme.surveys.rules.layout import Layout, Part
from stemme.surveys.rules.values import Problem, problem_with, warnings_of
from stemme.surveys.rules.walking import Walked, walk


@dataclass(frozen=True)
class Reading:
    """All fields read together."""

    answers: Answers
    """What could be read or worked out, hidden questions included."""
    walked: Walked
    problems: dict[str, Problem]
    """Question name to what is wrong, for questions that are shown."""
    warnings: dict[str, Problem]
    """Question name to what should be looked at again, where nothing is wrong."""

    @property
    def shown(self) -> frozenset[int]:
        return self.walked.shown


def read(layout: Layout, fields: Mapping[str, list[str]], today: str) -> Reading:
    """Read every field, decide what is shown, and check all that is."""
    answers, unread = _written(layout, fields)
    walked = walk(layout, answers, today)
    for index in layout.filtered:
        _narrow(answers, layout.parts[index], walked.offered.get(index, frozenset()))
    problems: dict[str, Problem] = {}
    warnings: dict[str, Problem] = {}
    known = Context(walked.known, today=today, now=today)
    for name, index in layout.questions.items():
        if index not in walked.shown:
            continue
        part, value = layout.parts[index], answers.get(name)
        problem = unread.get(name) or problem_with(part, value, known)
        if problem is not None:
            problems[name] = problem
        elif value is not None and (told := warnings_of(part, value, known)):
            warnings[name] = told[0]
    return Reading(answers | walked.worked_out, walked, problems, warnings)


def _written(layout: Layout, fields: Mapping[str, list[str]]) -> tuple[Answers, dict[str, Problem]]:
    """What stands in the fields, and by question what of it cannot be read."""
    answers: Answers = {}
    unread: dict[str, Problem] = {}
    for name, index in layout.questions.items():
        part = layout.parts[index]
        value = value_of(part, fields)
        if isinstance(value, Problem):
            unread[name] = value
        elif value is not None:
            answers[name] = value
            line = line_of(part, fields) if OTHER in _several(value) else None
            if isinstance(line, Problem):
                unread[name] = line
            elif line is not None:
                answers[f"{name}.{OTHER}"] = line
    return answers, unread


def _several(value: AnswerValue | None) -> list[str]:
    return value if isinstance(value, list) else [str(value)]


def _narrow(answers: Answers, part: Part, offered: frozenset[str]) -> None:
    """Forget what was chosen among choices that other answers have taken away."""
    value = answers.get(part.name)
    gone = part.values - offered
    if isinstance(value, list):
        answers[part.name] = [one for one in value if one not in gone]
    if answers.get(part.name) == [] or (isinstance(value, str) and value in gone):
        del answers[part.name]


def explain(part: Part, problem: Problem, texts: Mapping[str, str], lang: str) -> str:
    """The problem in a sentence that says what to do."""
    if problem.kind == "check" and isinstance(part.node, Question):
        check = part.node.checks[int(problem.limit)]
        return texts.get(f"{part.path}.checks.{int(problem.limit)}.message", check.message)
    limit = f"{problem.limit:g}"
    sentences = {
        "required": _("Du må svare på dette spørsmålet."),
        "choice": _("Velg blant svarene som står her."),
        "exclusive": _("Et av svarene du har valgt, kan ikke stå sammen med andre."),
        "few": _("Velg minst %(n)s.", n=limit),
        "many": _("Velg høyst %(n)s.", n=limit),
        "number": _("Skriv et tall."),
        "small": _("Skriv %(n)s eller et høyere tall.", n=limit),
        "large": _("Skriv %(n)s eller et lavere tall.", n=limit),
        "step": _("Skriv et helt tall.") if problem.limit == 1 else _("Skriv et tall."),
        "date": _("Skriv en dato som finnes, med fire siffer i årstallet."),
        "time": _("Skriv et klokkeslett, for eksempel 18:30."),
        "email": _("Skriv en e-postadresse, for eksempel navn@eksempel.no."),
        "phone": _("Skriv et telefonnummer."),
        "url": _("Skriv en nettadresse, for eksempel eksempel.no."),
        "places": _("Gi hver plass til bare ett svar, og begynn med plass 1."),
        "long": _("Teksten er for lang. Skriv høyst %(n)s tegn.", n=limit),
    }
    return translate(sentences[problem.kind], lang)
