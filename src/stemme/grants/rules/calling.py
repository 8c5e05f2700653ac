"""When a call takes applications: from its opening to its deadline, and a grace for those begun."""

from __future__ import annotations

import datetime

from stemme.grants.model import Call


def is_open(call: Call, now: datetime.datetime) -> bool:
    """Whether a new application may be begun."""
    return call.state == "published" and not call.sample and call.opens_at <= now < call.closes_at


def is_over(call: Call, now: datetime.datetime) -> bool:
    """Whether nobody can send any more, the grace for what was begun in time included."""
    grace = datetime.timedelta(minutes=call.grace_minutes)
    return call.state != "draft" and now >= call.closes_at + grace


def stage(call: Call, now: datetime.datetime) -> str:
    """Where a call stands: draft, coming, open, assessing, announced or finished."""
    if call.state == "draft":
        return "draft"
    if call.state == "finished":
        return "finished"
    if call.announced_on is not None:
        return "announced"
    if now < call.opens_at:
        return "coming"
    return "assessing" if is_over(call, now) or call.sample else "open"
