"""Whether a condition can hold at all: every kind of answer is tried that could make a difference.

Decided are conditions that compare answers with given values, and all that `and`, `or`, `not` and
`if` make of those. Of others nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, product
from math import prod

from stemme.surveys.expressions.check import Known
from stemme.surveys.expressions.evaluate import holds
from stemme.surveys.expressions.parser import Tree
from stemme.surveys.expressions.values import DAYS, EPOCH, moment

MOST = 20_000
"""Combinations of answers that are tried; beyond, nothing is said."""
_LOGIC = frozenset({"and", "or", "not", "if", "true", "false", "boolean"})
_COMPARES = frozenset({"=", "!=", "<", "<=", ">", ">=", "selected"})
_NEAR = (-1.0, -0.5, 0.0, 0.5, 1.0)


def never_holds(trees: Sequence[Tree], before: Mapping[str, Known]) -> bool:
    """Whether no answers make all conditions true: the own one, and those of the groups around."""
    if not all(map(_is_plain, trees)):
        return False
    names = sorted({name for tree in trees for name in _names(tree)})
    if not set(names) <= before.keys():
        return False
    constants = {name: {c for tree in trees for c in _compared(tree, name)} for name in names}
    kinds = [list(_answers(before[name], constants[name])) for name in names]
    if prod(map(len, kinds)) > MOST:
        return False
    tried = (dict(zip(names, answers, strict=True)) for answers in product(*kinds))
    return not any(all(holds(tree, answers) for tree in trees) for answers in tried)


def _is_plain(tree: Tree) -> bool:
    if not isinstance(tree, list):
        return True
    head = str(tree[0])
    if head in _COMPARES:
        sides = [_side(part) for part in tree[1:]]
        return None not in sides and sides.count("answer") <= 1
    return head == "ref" or (head in _LOGIC and all(map(_is_plain, tree[1:])))


def _side(tree: Tree) -> str | None:
    """What stands on a side of a comparison: an answer, how many were chosen, or a value."""
    if not isinstance(tree, list) or tree[0] in ("true", "false"):
        return "value"
    if tree[0] == "neg" and not isinstance(tree[1], list):
        return "value"
    counted = tree[0] == "count-selected" and isinstance(tree[1], list) and tree[1][0] == "ref"
    return "answer" if tree[0] == "ref" or counted else None


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, list):
        if tree[0] == "ref":
            yield str(tree[1])
        for part in tree[1:]:
            yield from _names(part)


def _compared(tree: Tree, name: str) -> Iterator[str | float]:
    """The values that an answer is held against."""
    if not isinstance(tree, list):
        return
    if str(tree[0]) in _COMPARES and name in _names(tree):
        for part in tree[1:]:
            if not isinstance(part, list):
                yield part
            elif part[0] == "neg" and isinstance(part[1], float):
                yield -part[1]
    for part in tree[1:]:
        yield from _compared(part, name)


def _answers(known: Known, constants: set[str | float]) -> Iterator[str | float]:
    """One answer of each kind that the condition could tell from the others, and none."""
    yield ""
    if known.type == "many":
        yield from _several(known, {one for one in constants if isinstance(one, str)})
    elif known.values:
        yield from known.values
    elif known.type in ("number", "slider"):
        near = {float(one) + step for one in constants if _is_number(one) for step in _NEAR}
        yield from (one for one in sorted({*near, 0.0, *known.ends}) if known.holds(one))
    elif known.type == "date":
        yield from _dates(constants)
    else:
        texts = {str(one) for one in constants} | {"x"}
        yield from sorted(texts - {""})
        numbers = [float(one) for one in constants if _is_number(one)]
        yield from (number + near for number in numbers for near in _NEAR)


def _dates(constants: set[str | float]) -> Iterator[str]:
    """Each date that is named, the days beside it, and one of every length."""
    yield from ("2026-05-17", "2026", "2026-05", "12:00", "2026-05-17T12:00")
    days = {moment(one) for one in constants if isinstance(one, str)}
    for day in days:
        for near in (-1.0, 0.0, 1.0):
            if DAYS[0] <= day + near <= DAYS[1]:
                yield date.fromordinal(int(day + near) + EPOCH).isoformat()
    yield from sorted(one for one in constants if isinstance(one, str) and one)


def _is_number(value: str | float) -> bool:
    return not isinstance(value, str) or value.replace(".", "", 1).removeprefix("-").isdigit()


def _several(known: Known, named: set[str]) -> Iterator[str]:
    """Every part of the choices that are named, with as many others as there are."""
    picked = [one for one in known.values if one in named]
    others = [one for one in known.values if one not in named]
    for size in range(len(picked) + 1):
        for part in combinations(picked, size):
            for more in range(len(others) + 1):
                if part or more:
                    yield " ".join((*part, *others[:more]))
