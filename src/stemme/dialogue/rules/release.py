"""From reactions to a release: each statement a variable, groups a breakdown where they may be.

Numbers about people leave through `disclosure` alone: the map is drawn later, from its tables. The
header adds how firm the groups are, in steps of ten of a hundred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stemme.dialogue.model import Conversation
from stemme.dialogue.rules import space
from stemme.dialogue.rules.groups import FEWEST_PEOPLE, find_groups, stability
from stemme.dialogue.rules.opinion_map import SEED
from stemme.disclosure.gate import make_release
from stemme.disclosure.model import Header, Refusal, Release, ReleaseRefused
from stemme.disclosure.plan import MINIMUM_BASE, Breakdown, Coded, Plan, Table, Variable

if TYPE_CHECKING:
    from stemme.dialogue.model import Reactions

REACTIONS = ("agree", "disagree", "pass")
GROUP, GROUPS = "group", "groups"
FIRMEST_NEEDED = 0.5
"""Groups of which less than half comes back among half of the people are not shown."""
_PLACE = {space.AGREE: 0, space.DISAGREE: 1, space.PASS: 2, space.UNSEEN: -1}
_STEP = 10


def name(statement: int) -> str:
    """What a statement is called in a release."""
    return f"s{statement}"


def gather(shown: list[int], rows: list[tuple[bytes, int, int]]) -> Conversation:
    """The matrix of people by statements; who reacted to none that is shown is left out."""
    column = {statement: place for place, statement in enumerate(shown)}
    known = [row for row in rows if row[1] in column]
    people = {one: place for place, one in enumerate(sorted({row[0] for row in known}))}
    reactions = np.full((len(people), len(shown)), space.UNSEEN, dtype=np.int8)
    for participant, statement, reaction in known:
        reactions[people[participant], column[statement]] = reaction
    ids = tuple(str(place) for place in range(len(people)))
    return Conversation(ids, tuple(shown), reactions, ("",) * len(ids), {})


def release(slug: str, conversation: Conversation, *, sample: bool = False) -> Release:
    """The release of a dialogue; raises ReleaseRefused where not even the district can be shown.

    Where the groups cannot be shown safely, everything else is.
    """
    if not len(conversation.people) or not conversation.statements:
        raise ReleaseRefused(Refusal.TOO_FEW)
    marked: Header = {"dialogue": slug, "sample": sample}
    labels, told = _grouped(conversation)
    try:
        return _release(conversation, labels, marked | told)
    except ReleaseRefused as refused:
        if labels is None or refused.reason == Refusal.TOO_FEW:
            raise
        return _release(conversation, None, marked | {"no_groups": "unsafe"})


def _grouped(conversation: Conversation) -> tuple[space.Labels | None, Header]:
    """Everyone's group, -1 for none, and what the header says; None where none may be shown."""
    on_map = space.on_the_map(conversation.reactions)
    hidden = np.zeros(len(conversation.statements), dtype=bool)
    if on_map.sum() < FEWEST_PEOPLE:
        return None, {"no_groups": "too_few"}
    plane = space.plane(conversation.reactions, hidden)
    mine = plane._replace(points=plane.points[on_map])
    found = find_groups(mine.points)
    if found is None:
        return None, {"no_groups": "too_small"}
    firm = stability(conversation.reactions[on_map], hidden, (mine, found), SEED)
    if firm < FIRMEST_NEEDED:
        return None, {"no_groups": "unstable"}
    labels = np.full(len(conversation.people), -1)
    labels[on_map] = found.labels
    return labels, {"stability": _STEP * round(100 * firm / _STEP)}


def _release(conversation: Conversation, labels: space.Labels | None, header: Header) -> Release:
    asked = np.flatnonzero((conversation.reactions != space.UNSEEN).sum(axis=0) >= MINIMUM_BASE)
    if not len(asked):
        raise ReleaseRefused(Refusal.TOO_FEW)
    variables = [
        Variable(name(conversation.statements[one]), REACTIONS, top=("agree",)) for one in asked
    ]
    coded = {
        variable.id: _codes(conversation.reactions[:, one])
        for variable, one in zip(variables, asked, strict=True)
    }
    breakdowns: tuple[Breakdown, ...] = ()
    by: tuple[str, ...] = ()
    tables = []
    if labels is not None:
        numbers = tuple(str(one + 1) for one in range(int(labels.max()) + 1))
        breakdowns, by = (Breakdown(GROUP, numbers),), (GROUP,)
        variables.append(Variable(GROUPS, numbers))
        coded[GROUPS] = labels.astype(np.int16)
        tables = [Table(GROUPS)]
    tables = [*(Table(one.id, by) for one in variables if one.id != GROUPS), *tables]
    plan = Plan(f"dialogue-{header['dialogue']}", tuple(variables), breakdowns, tuple(tables))
    grouping = {} if labels is None else {GROUP: labels.astype(np.int16)}
    return make_release(plan, Coded(coded, grouping), header=header)


def _codes(reactions: Reactions) -> space.Labels:
    return np.array([_PLACE[int(one)] for one in reactions], dtype=np.int16)
