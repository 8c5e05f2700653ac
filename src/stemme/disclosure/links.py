"""What the survey's build tells about cells of different tables: the same people, or some of them.

Where the same people happen to have given two answers, no reader can know of it. They do where a
question was asked of those who chose something, where choices belong to one question, and where a
group is also published as a category, or as a sum of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, product

import numpy as np

from stemme.disclosure.plan import Coded, Plan
from stemme.disclosure.system import BASE, DISTRICT, Bond, Cell, Crowd
from stemme.disclosure.tally import Tally

Numbered = tuple[Crowd, int]
"""A crowd, and how many it is."""

_MANY = 12
"""Of more categories than this only neighbours are tried as sums."""


def same_people(plan: Plan, coded: Coded, tallies: list[Tally]) -> list[list[Crowd]]:
    """Crowds of more than one table that are the same people; each list has a base."""
    people = _People(plan, coded)
    crowds = [crowd for at, counts in enumerate(tallies) for crowd in _rows(at, counts)]
    filters = {
        (crowd.at, crowd.codes)
        for group in people.together(crowds)
        for crowd in group
        if crowd.by == DISTRICT
    }
    crowds += [half for at, counts in enumerate(tallies) for half in _halves(at, counts, filters)]
    return list(people.together(crowds))


def is_base(crowd: Crowd) -> bool:
    """Whether it is everybody in a row, whose number stands there."""
    return not crowd.codes


def base_cell(crowd: Crowd) -> Cell:
    """Where the number of all in a crowd's row stands."""
    return Cell(crowd.by, crowd.group, BASE)


def declared(plan: Plan, tallies: list[Tally]) -> Iterator[Bond]:
    """The bonds that the plan declares: filters, and choices of one question.

    Only those that hold: answers to an older version of a survey may not keep to its new limits,
    and what is not so, nobody knows.
    """
    for bond in _declared(plan, tallies):
        number = sum(times * _number(tallies, crowd) for times, crowd in bond.terms)
        if number == 0 or (number > 0 and not bond.equal):
            yield bond


def _number(tallies: list[Tally], crowd: Crowd) -> int:
    counts = tallies[crowd.at]
    row = counts.district if crowd.by == DISTRICT else counts.groups[crowd.by][crowd.group]
    return int(row[list(crowd.codes)].sum() if crowd.codes else row.sum())


def _declared(plan: Plan, tallies: list[Tally]) -> Iterator[Bond]:
    places = {table.variable: at for at, table in enumerate(plan.tables)}
    for at, counts in enumerate(tallies):
        asked = counts.variable.asked
        if asked is not None and asked.variable in places:
            parent = places[asked.variable]
            yield from _subset(plan, tallies, at, parent, asked.categories)
    questions: defaultdict[str, list[int]] = defaultdict(list)
    for at, counts in enumerate(tallies):
        if counts.variable.question:
            questions[counts.variable.question].append(at)
    for choices in questions.values():
        if len(choices) > 1:
            yield from _choices(plan, tallies, choices)


def _subset(
    plan: Plan, tallies: list[Tally], at: int, parent: int, categories: tuple[str, ...]
) -> Iterator[Bond]:
    """Everyone who answered is among those who chose one of the categories, row by row."""
    variable = tallies[parent].variable
    members = [variable.members(variable.categories.index(name)) for name in categories]
    codes = tuple(sorted(code for some in members for code in some))
    for own, wider in _common_rows(plan, tallies, at, parent):
        yield Bond(((1, wider._replace(codes=codes)), (-1, own)), equal=False)


def _choices(plan: Plan, tallies: list[Tally], choices: list[int]) -> Iterator[Bond]:
    """The same people answered each choice and chose at least one; an exclusive one alone."""
    first = choices[0]
    chosen = {at: tuple(tallies[at].top) for at in choices}
    rows: defaultdict[Crowd, list[Crowd]] = defaultdict(list)
    for at in choices:
        for mine, other in _common_rows(plan, tallies, first, at):
            rows[mine].append(other)
    for base, crowds in rows.items():
        yield from (Bond(((1, base), (-1, crowd)), equal=True) for crowd in crowds[1:])
        yes = {crowd.at: crowd._replace(codes=chosen[crowd.at]) for crowd in crowds}
        yield from _numbers(tallies, choices, base, yes)


def _numbers(
    tallies: list[Tally], choices: list[int], base: Crowd, yes: dict[int, Crowd]
) -> Iterator[Bond]:
    """How many of a question's choices the people of a row chose; an exclusive one alone."""
    variable = tallies[choices[0]].variable
    alone = [(-1, yes[at]) for at in yes if tallies[at].variable.exclusive]
    others = [(1, yes[at]) for at in yes if not tallies[at].variable.exclusive]
    free = [(1, base), *alone]
    closed = not any(tallies[at].variable.open_choices for at in choices)
    least, most = max(1, variable.least), variable.most
    if closed and len(yes) == len(choices):
        # Of two choices that all chose one of, what is over are those who chose both.
        both = len(others) == 2 and least == 1
        terms = (*others, *((-least * times, crowd) for times, crowd in free))
        yield Bond(terms, equal=least == most, people=both)
    if most:
        terms = (
            *((most * times, crowd) for times, crowd in free),
            *((-1, crowd) for _, crowd in others),
        )
        yield Bond(terms, equal=False)
    for _, crowd in others if alone else ():
        # Left over are those who chose something, but neither of these.
        yield Bond((*free, (-1, crowd)), equal=False, people=True)
    if alone and not others:
        yield Bond(tuple(free), equal=False, people=True)


def contained(plan: Plan, coded: Coded, tallies: list[Tally]) -> Iterator[Bond]:
    """The bonds between what was worked out from items and these items.

    Who has the least sum there is has the least of each item: those of the item who have not are
    left over, as people who gave that answer and not all of the others.
    """
    places = {table.variable: at for at, table in enumerate(plan.tables)}
    for at, counts in enumerate(tallies):
        for item in (places[name] for name in counts.variable.of if name in places):
            answers = coded.variables[tallies[item].variable.id]
            for codes, wider in product(_ends(counts), _ends(tallies[item])):
                inside = np.isin(coded.variables[counts.variable.id], codes)
                if inside.any() and np.isin(answers[inside], wider).all():
                    for own, other in _common_rows(plan, tallies, at, item):
                        some, all_ = own._replace(codes=codes), other._replace(codes=wider)
                        yield Bond(((1, all_), (-1, some)), equal=False, people=True)


def _ends(counts: Tally) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The inner codes of the first and of the last category."""
    variable = counts.variable
    return variable.members(0), variable.members(len(variable.categories) - 1)


def _common_rows(
    plan: Plan, tallies: list[Tally], at: int, other: int
) -> Iterator[tuple[Crowd, Crowd]]:
    """The rows that two tables both have: the district, groups, and those outside them."""
    yield Crowd(at, DISTRICT, DISTRICT), Crowd(other, DISTRICT, DISTRICT)
    theirs = plan.tables[other].by
    for by, name in enumerate(plan.tables[at].by):
        if name in theirs:
            for group in range(len(tallies[at].groups[by])):
                yield Crowd(at, by, group), Crowd(other, theirs.index(name), group)


class _People:
    """Tells who is in a crowd; asked only where two are as many."""

    def __init__(self, plan: Plan, coded: Coded) -> None:
        self._answers = [coded.variables[table.variable] for table in plan.tables]
        self._names = [table.by for table in plan.tables]
        self._groups = [[coded.breakdowns[by] for by in table.by] for table in plan.tables]

    def together(self, crowds: Iterable[Numbered]) -> Iterator[list[Crowd]]:
        """The crowds in lists of the same people, those of one table alone left out."""
        numbers: defaultdict[int, list[Crowd]] = defaultdict(list)
        for crowd, number in crowds:
            numbers[number].append(crowd)
        for alike in filter(_linkable, numbers.values()):
            same: defaultdict[bytes, list[Crowd]] = defaultdict(list)
            for crowd in alike:
                same[self._key(crowd)].append(crowd)
            yield from filter(_linkable, map(self._by_build, same.values()))

    def _by_build(self, crowds: list[Crowd]) -> list[Crowd]:
        """The bases, and what is the same people as one of them not by chance alone.

        That is the same row of another table, or a whole group that chose the same.
        """
        bases = list(filter(is_base, crowds))
        return [
            crowd
            for crowd in crowds
            if is_base(crowd) or any(self._is_known(base, crowd) for base in bases)
        ]

    def _is_known(self, base: Crowd, crowd: Crowd) -> bool:
        if self._row(base) == self._row(crowd):
            return True
        if base.by == DISTRICT or crowd.by != DISTRICT:
            return False
        group = self._groups[base.at][base.by] == base.group
        return np.packbits(group).tobytes() == self._key(crowd)

    def _row(self, crowd: Crowd) -> tuple[str, int]:
        return "" if crowd.by == DISTRICT else self._names[crowd.at][crowd.by], crowd.group

    def _key(self, crowd: Crowd) -> bytes:
        answers = self._answers[crowd.at]
        inside = np.isin(answers, crowd.codes) if crowd.codes else answers >= 0
        if crowd.by != DISTRICT:
            inside &= self._groups[crowd.at][crowd.by] == crowd.group
        return np.packbits(inside).tobytes()


def _linkable(crowds: list[Crowd]) -> bool:
    return len({crowd.at for crowd in crowds}) > 1 and any(map(is_base, crowds))


def _rows(at: int, counts: Tally) -> Iterator[Numbered]:
    """Everybody in a row, and in a category of the district or a sum of them; none is empty."""
    everybody = int(counts.district.sum())
    if everybody:
        yield Crowd(at, DISTRICT, DISTRICT), everybody
    for codes in _sums(counts):
        number = int(counts.district[list(codes)].sum())
        if 0 < number < everybody:
            yield Crowd(at, DISTRICT, DISTRICT, codes), number
    for by, table in enumerate(counts.groups):
        for group, number in enumerate(table[:-1].sum(axis=1)):
            if number:
                yield Crowd(at, by, group), int(number)


def _halves(
    at: int, counts: Tally, filters: set[tuple[int, tuple[int, ...]]]
) -> Iterator[Numbered]:
    """Of each group those who chose top, or the rest, if these were asked something else."""
    for codes in (tuple(counts.top), tuple(counts.rest)):
        if (at, codes) in filters:
            for by, table in enumerate(counts.groups):
                for group, row in enumerate(table[:-1]):
                    number = int(row[list(codes)].sum())
                    if 0 < number < row.sum():
                        yield Crowd(at, by, group, codes), number


def _sums(counts: Tally) -> Iterator[tuple[int, ...]]:
    places = range(len(counts.variable.categories))
    members = [counts.variable.members(place) for place in places]
    chosen = [place for place in places if counts.district[list(members[place])].any()]
    for subset in [*((place,) for place in places), *_subsets(chosen)]:
        yield tuple(sorted(code for place in subset for code in members[place]))


def _subsets(places: list[int]) -> Iterable[tuple[int, ...]]:
    for size in range(2, len(places)):
        if len(places) <= _MANY:
            yield from combinations(places, size)
        else:
            yield from (tuple(places[at : at + size]) for at in range(len(places) - size + 1))
