"""The opinion map of a conversation: groups where they may be shown, agreement always.

What `stemme dialogue-map` writes is this, as JSON:

- `people`, `statements`, `moderated`, `on_the_map`: how much there is; `on_the_map` are people with
  at least seven reactions.
- `why_no_groups`: `too_few` under a hundred people on the map, `too_small` where no grouping has
  five or more in each group; null where groups are shown.
- `silhouette`, `stability`: how apart the groups are, and how much of them comes back among random
  halves of the people (mean adjusted Rand index; 1 all, 0 chance).
- `groups`: number (1 is the largest), size, middle on the plane, and its `representative`
  statements.
- `participants`: everyone's group by id, null for who has no place on the map.
- `standings`: a statement each with its counts, share of agreement with its 95 % interval, counts
  by group, and group-aware agreement and disagreement.
- `consensus`: statements that more than half agree with, surely; `group_aware_consensus`: all
  statements by the product of the groups' agreement. Moderated statements are in neither.
- `published`: where the file names groups, how well these match them (adjusted Rand index), and
  the order of group-aware consensus within them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stemme.dialogue.model import (
    FORMAT,
    Conversation,
    GroupShown,
    OpinionMap,
    PublishedGroups,
    Remark,
    Representative,
    Standing,
    Tally,
)
from stemme.dialogue.rules import consensus, margins, space
from stemme.dialogue.rules.groups import (
    FEWEST_PEOPLE,
    Groups,
    adjusted_rand,
    find_groups,
    stability,
)

if TYPE_CHECKING:
    from stemme.dialogue.rules.consensus import Counts
    from stemme.dialogue.rules.space import Floats, Labels, Mask, Plane

SEED = 20210517
"""Of the halves that stability is measured on: the same conversation gives the same figure."""
_UNKNOWN = Remark("", moderated=False)


def draw(conversation: Conversation, *, seed: int = SEED) -> OpinionMap:
    """Work out everything about a conversation."""
    hidden = moderated(conversation)
    on_map = space.on_the_map(conversation.reactions)
    plane = space.plane(conversation.reactions, hidden)
    found = find_groups(plane.points[on_map]) if on_map.sum() >= FEWEST_PEOPLE else None
    labels = np.full(len(conversation.people), -1)
    firm = None
    if found is not None:
        labels[on_map] = found.labels
        mine = conversation.reactions[on_map]
        firm = stability(mine, hidden, (plane._replace(points=plane.points[on_map]), found), seed)
    everyone = consensus.count(conversation.reactions)
    groups = consensus.by_group(conversation.reactions, labels) if found else []
    scores = _scores(groups)
    return OpinionMap(
        format=FORMAT,
        people=len(conversation.people),
        statements=len(conversation.statements),
        moderated=int(hidden.sum()),
        on_the_map=int(on_map.sum()),
        why_no_groups=_why(int(on_map.sum()), found),
        silhouette=found.silhouette if found else None,
        stability=firm,
        groups=_groups(conversation, plane, labels, groups),
        participants=dict(
            zip(conversation.people, [int(one) + 1 or None for one in labels], strict=True)
        ),
        standings=_standings(conversation, everyone, groups, scores),
        consensus=_named(conversation, consensus.common_ground(everyone, hidden)),
        group_aware_consensus=_ranked(conversation, scores[0], hidden) if scores else [],
        published=_published(conversation, labels, hidden),
    )


def moderated(conversation: Conversation) -> Mask:
    """Which statements were moderated away: nobody's place on the map depends on them."""
    remarks = conversation.remarks
    return np.array([remarks.get(one, _UNKNOWN).moderated for one in conversation.statements])


def _why(people: int, found: Groups | None) -> str | None:
    if found is not None:
        return None
    return "too_few" if people < FEWEST_PEOPLE else "too_small"


def _scores(groups: list[Counts]) -> tuple[Floats, Floats] | None:
    if not groups:
        return None
    return consensus.group_aware(groups), consensus.group_aware(groups, agree=False)


def _named(conversation: Conversation, places: list[int]) -> list[int]:
    return [conversation.statements[one] for one in places]


def _ranked(conversation: Conversation, scores: Floats, hidden: Mask) -> list[int]:
    return _named(conversation, consensus.in_order(scores, hidden))


def _groups(
    conversation: Conversation, plane: Plane, labels: Labels, groups: list[Counts]
) -> list[GroupShown]:
    hidden = moderated(conversation)
    shown = []
    for place in range(len(groups)):
        members = plane.points[labels == place]
        middle = members.mean(axis=0)
        told = [
            Representative(
                conversation.statements[mark.statement],
                "agree" if mark.agree else "disagree",
                *(round(one, 4) for one in (mark.share, mark.ratio, mark.test)),
            )
            for mark in consensus.marks(groups, place, hidden)
        ]
        centre = (round(float(middle[0]), 4), round(float(middle[1]), 4))
        shown.append(GroupShown(place + 1, len(members), centre, told))
    return shown


def _standings(
    conversation: Conversation,
    everyone: Counts,
    groups: list[Counts],
    scores: tuple[Floats, Floats] | None,
) -> list[Standing]:
    standings = []
    for place, statement in enumerate(conversation.statements):
        remark = conversation.remarks.get(statement, _UNKNOWN)
        seen, agree = float(everyone.seen[place]), float(everyone.agree[place])
        low, high = margins.wilson(agree, seen)
        standings.append(
            Standing(
                statement=statement,
                text=remark.text,
                moderated=remark.moderated,
                all=_tally(everyone, place),
                agree_share=round(agree / seen, 4) if seen else None,
                agree_margin=(round(low, 4), round(high, 4)),
                groups=[_tally(one, place, number + 1) for number, one in enumerate(groups)],
                group_aware_agreement=float(scores[0][place]) if scores else None,
                group_aware_disagreement=float(scores[1][place]) if scores else None,
            )
        )
    return standings


def _tally(counts: Counts, place: int, group: int | None = None) -> Tally:
    agree, disagree, passed, seen = (int(one[place]) for one in counts)
    return Tally(agree, disagree, passed, seen, group)


def _published(conversation: Conversation, labels: Labels, hidden: Mask) -> PublishedGroups | None:
    names = sorted({one for one in conversation.published if one})
    if len(names) < 2:
        return None
    place = {name: number for number, name in enumerate(names)}
    theirs = np.array([place.get(one, -1) for one in conversation.published])
    both = (theirs >= 0) & (labels >= 0)
    index = round(adjusted_rand(theirs[both], labels[both]), 4) if both.any() else None
    groups = consensus.by_group(conversation.reactions, theirs)
    ranked = _ranked(conversation, consensus.group_aware(groups), hidden)
    return PublishedGroups(len(names), int((theirs >= 0).sum()), index, ranked)
