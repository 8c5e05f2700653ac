"""Results told in a language: each question as asked, its shares, its groups, what is hidden."""

from __future__ import annotations

from msgspec import Struct

from stemme.dashboards import rules
from stemme.dashboards.model import Panel
from stemme.dashboards.rules import Placed
from stemme.dashboards.service.reading import Results
from stemme.disclosure.model import SafeTable
from stemme.i18n import SOURCE, content_text
from stemme.programme import rules as tree
from stemme.programme.model import Programme
from stemme.surveys.model import Grid, Many, One, Slider, Survey

Base = tuple[int, int] | None


class Bar(Struct, frozen=True):
    """One bar: what it stands for, its share of 100, and how many answered, as a band of tens."""

    id: str
    label: str
    percent: int | None
    base: Base


class Comparison(Struct, frozen=True):
    """The groups of one background question."""

    id: str
    label: str
    bars: tuple[Bar, ...]


class Line(Struct, frozen=True):
    """One thing that is counted: a question, a row of a grid, or one of many choices."""

    id: str
    label: str
    bars: tuple[Bar, ...]
    """The whole distribution, for the whole district."""
    share: Bar
    """The share that groups are compared by."""
    comparisons: tuple[Comparison, ...]


class Story(Struct, frozen=True):
    """One question with all that is published of it."""

    id: str
    label: str
    scale: str
    """What the two ends of a scale mean; empty for other questions."""
    kind: str
    """`one`, `many` or `grid`."""
    top_label: str
    lines: tuple[Line, ...]
    focus_area: str | None
    """The id of the focus area that it is told under; None for who answered."""
    part: str | None
    """The id of the sub-area, or else the focus area, that it links to."""
    about: tuple[str, ...]
    minimum: int
    sensitive: bool

    @property
    def base(self) -> Base:
        """How many answered, as a band that holds those of all lines; None if one is hidden."""
        bases = [line.share.base for line in self.lines]
        known = [base for base in bases if base is not None]
        if not known or len(known) < len(bases):
            return None
        return min(low for low, _ in known), max(high for _, high in known)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What the story shows first: every answer, or the share of each line."""
        if self.kind == "one":
            return self.lines[0].bars
        return tuple(line.share for line in self.lines)

    @property
    def named(self) -> str:
        """What the story is called in a list: several grids begin with the same words."""
        return f"{self.label} {self.lines[0].label} …" if self.kind == "grid" else self.label

    @property
    def glimpse(self) -> tuple[Bar, ...]:
        """Give what the story says in a glance: the top share, or what most people chose."""
        if self.kind == "many":
            return self.bars[:3]
        if self.kind == "one" and self.top_label and self.lines[0].share.percent is not None:
            share = self.lines[0].share
            return (Bar(share.id, self.top_label, share.percent, share.base),)
        return self.bars

    @property
    def hidden(self) -> int:
        """How many percentages are hidden in the story, groups included."""
        bars = [bar for line in self.lines for bar in line.bars]
        bars += [bar for line in self.lines for c in line.comparisons for bar in c.bars]
        return sum(bar.percent is None for bar in bars)

    @property
    def compared(self) -> bool:
        return any(line.comparisons for line in self.lines)


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


class _Teller:
    """Tells the stories of one release in one language."""

    def __init__(self, results: Results, programme: Programme, lang: str) -> None:
        self.results, self.programme = results, programme
        self.words = Words(results, lang)
        self.questions = rules.placed_questions(results.version.definition)
        self.labels: dict[str, dict[str, str]] = {
            name: self.words.groups(self.questions[name]) for name in results.dashboard.breakdowns
        }

    def story(self, panel: Panel) -> Story:
        placed = self.questions[panel.question]
        question, asked = placed.question, self.words.asked
        answers = self.words.answers(placed, panel)
        area, part = self._place(placed.about)
        lines = self._lines(panel, placed, answers)
        kind = "many" if isinstance(question, Many) else "grid" if len(lines) > 1 else "one"
        if kind == "many":
            lines.sort(key=lambda line: -1 if line.share.percent is None else line.share.percent)
            lines.reverse()
        return Story(
            id=panel.question,
            label=asked(question.label, *placed.path, "label"),
            scale=self._scale(placed),
            kind=kind,
            top_label=self.words.planned(panel.top_label, "panels", panel.question, "top_label"),
            lines=tuple(lines),
            focus_area=area,
            part=part,
            about=tuple(placed.about) + _rows_about(placed),
            minimum=rules.least(self.words.dashboard, self.words.survey, question),
            sensitive=question.sensitive,
        )

    def _scale(self, placed: Placed) -> str:
        question = placed.question
        if not isinstance(question, Slider) or not any(question.ends):
            return ""
        first, last = (
            self.words.asked(end, *placed.path, "ends", str(index))
            for index, end in enumerate(question.ends)
        )
        return f"{question.min} = {first}. {question.max} = {last}."

    def _place(self, about: list[str]) -> tuple[str | None, str | None]:
        for id_ in about[:1]:
            area = tree.focus_area_of(self.programme, id_)
            sub_area = tree.sub_area_of(self.programme, id_)
            if area is not None:
                return area.id, (sub_area or area).id
        return None, None

    def _lines(self, panel: Panel, placed: Placed, answers: dict[str, str]) -> list[Line]:
        question, name = placed.question, panel.question
        if isinstance(question, Many):
            return [self._line(panel, f"{name}.{v}", label, {}) for v, label in answers.items()]
        if isinstance(question, Grid):
            return [
                self._line(
                    panel,
                    f"{name}.{row.value}",
                    self.words.asked(row.label, *placed.path, "rows", row.value, "label"),
                    answers,
                )
                for row in question.rows
            ]
        return [self._line(panel, name, "", answers)]

    def _line(self, panel: Panel, variable: str, label: str, answers: dict[str, str]) -> Line:
        release = self.results.release
        district = release.district(variable)
        row = district.district
        bars = tuple(
            Bar(answer, answers.get(answer, label), percent, row.base)
            for answer, percent in zip(district.columns, row.percents, strict=True)
        )
        tables = release.comparisons(variable)
        if not answers:  # one of many choices: its share is that of "yes"
            bars = bars[:1]
            share = Bar(variable, label, bars[0].percent, row.base)
        elif tables:
            first = tables[0].district
            share = Bar(variable, label, first.percents[0], first.base)
        else:
            share = Bar(variable, label, _sum(panel.top, bars), row.base)
        return Line(variable, label, bars, share, tuple(self._compare(t) for t in tables))

    def _compare(self, table: SafeTable) -> Comparison:
        by = table.by or ""
        placed, labels = self.questions[by], self.labels[by]
        bars = tuple(
            Bar(row.group or "", labels.get(row.group or "", ""), row.percents[0], row.base)
            for row in table.groups
        )
        return Comparison(by, self.words.asked(placed.question.label, *placed.path, "label"), bars)


def _sum(top: list[str], bars: tuple[Bar, ...]) -> int | None:
    """Give the joint share of the top answers, as far as it can be read from what is shown."""
    shares = [bar.percent for bar in bars if bar.id in top]
    if not shares or None in shares:
        return None
    return min(100, sum(share for share in shares if share is not None))


def _rows_about(placed: Placed) -> tuple[str, ...]:
    rows = placed.question.rows if isinstance(placed.question, Grid) else []
    return tuple(id_ for row in rows for id_ in row.about)


def tell(results: Results, programme: Programme, lang: str) -> list[Story]:
    """Give the stories of a release, in the order of its plan."""
    teller = _Teller(results, programme, lang)
    return [teller.story(panel) for panel in results.dashboard.panels]
