"""Patterns of `regex()`: compiled once to a small program that runs in time linear in the text.

One program for the server and the phone, so that both agree and no pattern can blow up: what an
author writes is read here, never by the regular expressions of Python or of a browser.
"""

from __future__ import annotations

from functools import lru_cache

from stemme.surveys.expressions.reading import (
    CHARACTER,
    END,
    FOUND,
    LONGEST,
    SPLIT,
    START,
    Chars,
    Choice,
    Edge,
    Node,
    PatternWrong,
    Reader,
    Repeat,
    Sequence,
)

Step = tuple[int, ...]
"""CHARACTER, whether negated, then first and last code points of ranges: goes on to the next step.
SPLIT and two steps to go on with. START, END: only there. FOUND: the text fits."""
Program = tuple[Step, ...]


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Program:
    """The program of a pattern; raises PatternWrong with what is wrong."""
    steps: list[Step] = []
    _emit(Reader(pattern).whole(), steps)
    return (*steps, (FOUND,))


def fits(program: Program, text: str) -> bool:
    """Whether the whole text fits (K. Thompson 1968: all ways at once, letter by letter)."""
    size = len(text)
    ways = _reach(program, [0], at_start=True, at_end=not size)
    for at, letter in enumerate(text):
        code = ord(letter)
        onward = [step + 1 for step in ways if _takes(program[step], code)]
        ways = _reach(program, onward, at_start=False, at_end=at + 1 == size)
    return any(program[step][0] == FOUND for step in ways)


def _reach(program: Program, waiting: list[int], *, at_start: bool, at_end: bool) -> set[int]:
    """Where the text may be read from here without reading anything."""
    seen: set[int] = set()
    while waiting:
        step = waiting.pop()
        if step in seen:
            continue
        seen.add(step)
        kind, *rest = program[step]
        if kind == SPLIT:
            waiting.extend(rest)
        elif (kind == START and at_start) or (kind == END and at_end):
            waiting.append(step + 1)
    return seen


def _takes(step: Step, code: int) -> bool:
    if step[0] != CHARACTER:
        return False
    inside = any(step[at] <= code <= step[at + 1] for at in range(2, len(step), 2))
    return inside != bool(step[1])


def _emit(node: Node, steps: list[Step]) -> None:
    """Append the steps of a part; a jump is a split with one way."""
    if len(steps) > LONGEST:
        raise PatternWrong(f"it takes more than {LONGEST} steps; repeat less often")
    if isinstance(node, Chars):
        steps.append((CHARACTER, int(node.negated), *node.ranges))
    elif isinstance(node, Edge):
        steps.append((node.kind,))
    elif isinstance(node, Sequence):
        for part in node.parts:
            _emit(part, steps)
    elif isinstance(node, Choice):
        _emit_choice(node, steps)
    else:
        _emit_repeat(node, steps)


def _emit_choice(node: Choice, steps: list[Step]) -> None:
    jumps = []
    for way in node.ways[:-1]:
        split = len(steps)
        steps.append(())
        _emit(way, steps)
        jumps.append(len(steps))
        steps.append(())
        steps[split] = (SPLIT, split + 1, len(steps))
    _emit(node.ways[-1], steps)
    for jump in jumps:
        steps[jump] = (SPLIT, len(steps))


def _emit_repeat(node: Repeat, steps: list[Step]) -> None:
    for _ in range(node.least):
        before = len(steps)
        _emit(node.part, steps)
        if len(steps) == before:  # Nothing, however often.
            return
    if node.most is None:
        split = len(steps)
        steps.append(())
        _emit(node.part, steps)
        steps.append((SPLIT, split))
        steps[split] = (SPLIT, split + 1, len(steps))
        return
    splits = []
    for _ in range(node.most - node.least):
        splits.append(len(steps))
        steps.append(())
        _emit(node.part, steps)
    for split in splits:
        steps[split] = (SPLIT, split + 1, len(steps))
