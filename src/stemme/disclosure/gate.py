"""The way through: counts, protection, whole percentages, and the attack that may refuse it all."""

from __future__ import annotations

import msgspec

from stemme.disclosure.attacker.attack import Verdict, attack, narrowest
from stemme.disclosure.correction import Earlier
from stemme.disclosure.draft import Draft
from stemme.disclosure.explain import to_merge
from stemme.disclosure.further import further
from stemme.disclosure.model import Attack, Header, Refusal, Release, ReleaseRefused, gate
from stemme.disclosure.plan import Coded, Plan
from stemme.disclosure.protection import Cells, protect
from stemme.disclosure.shown import Weights
from stemme.disclosure.suppression import Unsafe
from stemme.disclosure.system import DISTRICT, Place


def make_release(
    plan: Plan,
    coded: Coded,
    *,
    header: Header,
    weights: Weights | None = None,
    earlier: Earlier | None = None,
) -> Release:
    """The frozen release of a wave; raises PlanError or ReleaseRefused, and then nothing leaves.

    `weights` are one positive number a respondent; they change what is shown, not what is hidden.
    `earlier` is the release that this one corrects: tables that would be unsafe beside it keep
    its numbers. What the attacker still comes too near to is protected by hiding more, or by
    keeping the earlier numbers, and attacked again.
    """
    draft = Draft(plan, coded, header, weights, earlier)
    also: dict[int, Cells] = {}
    while True:
        try:
            hidden = protect(draft.counted, also)
        except Unsafe as unsafe:
            raise _refusal(plan, coded, *_names(plan, unsafe.place)) from unsafe
        release = draft.release(hidden)
        verdict = attack(release.encode(), earlier.release.encode() if earlier else None)
        found = list(draft.exposed(verdict))
        if not found:
            with gate():
                return msgspec.structs.replace(release, attack=_report(verdict))
        helped = False
        for finding in found:
            at, cells = further(draft.counted, hidden, finding)
            if draft.keep(at) or not cells <= also.get(at, frozenset()):
                also[at] = also.get(at, frozenset()) | cells
                helped = True
        if not helped:
            raise _refusal(plan, coded, found[0].variable, found[0].target.by or "")


def _refusal(plan: Plan, coded: Coded, variable: str, by: str) -> ReleaseRefused:
    merge = to_merge(plan, coded, by) if by else ()
    return ReleaseRefused(Refusal.EXPOSED, variable, by, merge)


def _names(plan: Plan, place: Place) -> tuple[str, str]:
    table = plan.tables[place.at]
    return table.variable, "" if place.cell.by == DISTRICT else table.by[place.cell.by]


def _report(verdict: Verdict) -> Attack:
    """What anybody gets who attacks the release as it is, so that the answers have no say in it."""
    known = [finding for finding in verdict.findings if not finding.closed]
    tried = tuple(means.value for means in verdict.tried)
    anybody, insider, coalition = map(_whole, narrowest(known))
    cells = len(verdict.findings)
    return Attack(tried, cells, anybody, insider, coalition, verdict.pinned)


def _whole(width: float | None) -> int | None:
    """A width that is not finite is no bound at all, so nothing to report."""
    return None if width is None or width == float("inf") else int(width)
