"""A vote of the panel, held in memory with real keys."""

from __future__ import annotations

import pytest

from stemme.panel.ballots import blind
from stemme.panel.ballots.rehearsal import Rehearsal, rehearse


@pytest.fixture(scope="session")
def signer() -> blind.SigningKey:
    """One key for all rehearsals: making one takes a while."""
    return blind.new_key()


@pytest.fixture
def panel_vote(signer: blind.SigningKey) -> Rehearsal:
    """Seven voters; "lys" wins with five."""
    chosen = ["lys", "lys benk", "skate", "lys hage", "benk", "lys", "lys skate"]
    return rehearse(signer, [{"c": names.split()} for names in chosen])
