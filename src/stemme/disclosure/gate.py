"""The way through: counts, protection, whole percentages, and the attack that may refuse it all."""

from __future__ import annotations

from stemme.disclosure.model import Header, Release
from stemme.disclosure.plan import Coded, Plan


def make_release(plan: Plan, coded: Coded, *, header: Header) -> Release:
    """The frozen release of a wave; raises PlanError or ReleaseRefused, and then nothing leaves."""
    raise NotImplementedError((plan, coded, header))
