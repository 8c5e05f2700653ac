"""From a release to its stories: the words of each part of the plan beside its numbers."""

from __future__ import annotations

from typing import NamedTuple

from stemme.dashboards import rules
from stemme.dashboards.model import Dashboard, Index, Panel, Themes, Total
from stemme.dashboards.rules import Placed
from stemme.dashboards.rules.scores import STEP
from stemme.dashboards.service.reading import Results
from stemme.dashboards.service.story.comparing import judged
from stemme.dashboards.service.story.shape import Bar, Comparison, Line, Scale, Source, Story
from stemme.dashboards.service.story.words import Words
from stemme.disclosure.model import SafeTable
from stemme.i18n import lazy as _
from stemme.i18n import translate
from stemme.programme import rules as tree
from stemme.programme.model import Programme
from stemme.surveys.model import Grid, Many

_OF_INDEX = _("Et tall fra 0 til 100, regnet ut av flere spørsmål.")

Labels = dict[str, str]
Named = list[tuple[str, str, Labels]]
"""The variables of a part: id, label, and the label of each answer."""


class _Part(NamedTuple):
    """What a part of the plan says of its story."""

    id: str
    label: str
    scale: str
    kind: str
    top_label: str
    top: list[str]
    named: Named
    about: tuple[str, ...]
    source: Source = "asked"


class _Teller:
    """Tells the stories of one release in one language."""

    def __init__(self, results: Results, programme: Programme, lang: str) -> None:
        self.results, self.programme, self.lang = results, programme, lang
        self.words = Words(results, lang)
        self.questions = rules.placed_questions(results.version.definition)
        self.labels: dict[str, Labels] = {
            name: self.words.groups(self.questions[name]) for name in results.dashboard.breakdowns
        }

    def story(self, part: _Part) -> Story:
        plan = self.results.release.plan
        lines = [self._line(part, *named) for named in part.named]
        if part.kind == "many":
            lines.sort(key=lambda line: 1 if line.share.percent is None else -line.share.percent)
        area, place = self._place(part.about)
        scale = part.scale
        if lines[0].scale and not scale:
            scale = _ends_of(lines[0])
        variables = [plan.variable(id_) for id_, _label, _answers in part.named]
        return Story(
            id=part.id,
            label=part.label,
            scale=scale,
            kind=part.kind,
            top_label=part.top_label,
            lines=tuple(lines),
            focus_area=area,
            part=place,
            about=part.about,
            minimum=max(plan.threshold(variable) for variable in variables),
            sensitive=any(variable.sensitive for variable in variables),
            source=part.source,
        )

    # Parts of a plan -------------------------------------------------------------------------

    def panel(self, panel: Panel) -> _Part:
        placed = self.questions[panel.question]
        question, name = placed.question, panel.question
        answers = self.words.answers(placed, panel)
        if isinstance(question, Many):
            kind, named = "many", [(f"{name}.{v}", label, Labels()) for v, label in answers.items()]
        elif isinstance(question, Grid):
            named = [(f"{name}.{row}", label, answers) for row, label in self._rows(placed)]
            kind = "grid" if len(named) > 1 else "one"
        else:
            kind, named = "one", [(name, "", answers)]
        top_label = self.words.planned(panel.top_label, "panels", name, "top_label")
        about = tuple(placed.about) + _rows_about(placed)
        label, ends = self.words.label(placed), self.words.ends(placed)
        return _Part(name, label, ends, kind, top_label, panel.top, named, about)

    def _rows(self, placed: Placed) -> list[tuple[str, str]]:
        rows = placed.question.rows if isinstance(placed.question, Grid) else []
        path = (*placed.path, "rows")
        return [(row.value, self.words.asked(row.label, *path, row.value, "label")) for row in rows]

    def index(self, index: Index) -> _Part:
        words, at = self.words, ("indices", index.id)
        top_label = words.planned(index.top_label, *at, "top_label")
        below, reached = self.results.release.plan.variable(index.id).categories
        answers = {below: f"0–{index.at_least - STEP}", reached: top_label}
        return _Part(
            id=index.id,
            label=words.planned(index.label, *at, "label"),
            scale=translate(_OF_INDEX, self.lang),
            kind="one",
            top_label=top_label,
            top=[reached],
            named=[(index.id, "", answers)],
            about=self._about(index.of[0]),
            source="index",
        )

    def total(self, total: Total) -> _Part:
        words, at = self.words, ("totals", total.id)
        answers = {
            band.value: words.planned(band.label, *at, "bands", band.value, "label")
            for band in total.bands
        }
        label = words.planned(total.label, *at, "label")
        top_label = words.planned(total.top_label, *at, "top_label")
        named: Named = [(total.id, "", answers)]
        about = self._about(total.of[0])
        return _Part(total.id, label, "", "one", top_label, total.top, named, about, "total")

    def themes(self, themes: Themes) -> _Part:
        placed, name = self.questions[themes.question], themes.question
        named = [(f"{name}.{theme}", label, Labels()) for theme, label in themes.names.items()]
        label, about = self.words.label(placed), tuple(placed.about)
        return _Part(name, label, "", "many", "", [], named, about, "themes")

    def _about(self, item: str) -> tuple[str, ...]:
        return tuple(self.questions[item.partition(".")[0]].about)

    def _place(self, about: tuple[str, ...]) -> tuple[str | None, str | None]:
        for id_ in about[:1]:
            area = tree.focus_area_of(self.programme, id_)
            sub_area = tree.sub_area_of(self.programme, id_)
            if area is not None:
                return area.id, (sub_area or area).id
        return None, None

    # Numbers ---------------------------------------------------------------------------------

    def _line(self, part: _Part, variable: str, label: str, answers: Labels) -> Line:
        release = self.results.release
        district = release.district(variable)
        row = district.district
        bars = tuple(
            Bar(answer, answers.get(answer, label), percent, row.base)
            for answer, percent in zip(district.columns, row.percents, strict=True)
        )
        tables = release.comparisons(variable)
        percent = _sum(part.top, bars)
        if not answers:  # one of many choices: its share is that of "yes"
            bars = bars[:1]
            percent = bars[0].percent
        elif tables:
            percent = tables[0].district.percents[0]
        share = Bar(variable, label, percent, row.base, row.mean)
        compared = tuple(self._compare(table) for table in tables)
        return Line(variable, label, bars, share, compared, self._scale_of(variable))

    def _scale_of(self, variable: str) -> Scale | None:
        own = self.results.release.plan.variable(variable)
        if not own.mean:
            return None
        places = range(len(own.categories))
        return Scale(tuple(tuple(own.values[m] for m in own.members(at)) for at in places))

    def _compare(self, table: SafeTable) -> Comparison:
        by = table.by or ""
        labels = self.labels[by]
        bars = tuple(
            Bar(
                row.group or "",
                labels.get(row.group or "", ""),
                row.percents[0],
                row.base,
                row.mean,
            )
            for row in table.groups
        )
        return Comparison(by, self.words.label(self.questions[by]), bars)


def _sum(top: list[str], bars: tuple[Bar, ...]) -> int | None:
    """Give the joint share of the top answers, as far as it can be read from what is shown."""
    shares = [bar.percent for bar in bars if bar.id in top]
    if not shares or None in shares:
        return None
    return min(100, sum(share for share in shares if share is not None))


def _ends_of(line: Line) -> str:
    """Say what the lowest and the highest score of a list of answers stand for."""
    if line.scale is None:
        return ""
    pairs = sorted(
        (scores[0], bar.label) for scores, bar in zip(line.scale.values, line.bars, strict=True)
    )
    return " ".join(f"{score:g} = {label}." for score, label in (pairs[0], pairs[-1]))


def _rows_about(placed: Placed) -> tuple[str, ...]:
    rows = placed.question.rows if isinstance(placed.question, Grid) else []
    return tuple(id_ for row in rows for id_ in row.about)


def tell(results: Results, programme: Programme, lang: str) -> list[Story]:
    """Give the stories of a release, in the order of its plan."""
    teller, plan = _Teller(results, programme, lang), results.dashboard
    stories = [teller.story(part) for part in _parts(teller, plan)]
    return judged(stories, random=plan.drawn == "random", weighted=results.release.weighted)


def _parts(teller: _Teller, plan: Dashboard) -> list[_Part]:
    return [
        *map(teller.panel, plan.panels),
        *map(teller.index, plan.indices),
        *map(teller.total, plan.totals),
        *(teller.themes(one) for one in plan.themes if one.names),
    ]
