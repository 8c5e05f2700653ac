"""Unfinished answers in a form: nobody reads, changes or moves them."""

import base64
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stemme.surveys.sealing import (
    LONGEST_DAYS,
    Draft,
    SealBroken,
    Sealer,
    new_token,
    sealing_key,
)

NOW = 1_800_000_000
DRAFT = Draft("prove", 1, 1, b"t" * 16, NOW, 2, {"q-a": ["ja"]}, ["b"], False)
SEALER = Sealer(b"k" * 32)


def test_what_is_sealed_comes_out_again():
    """A seal opens for the same survey."""
    assert DRAFT == SEALER.open(SEALER.seal(DRAFT), "prove", NOW + 60)


def test_answers_cannot_be_read_in_the_form():
    """Nothing of the answers shows, and no two seals are alike."""
    one, two = SEALER.seal(DRAFT), SEALER.seal(DRAFT)

    assert one != two
    assert b"q-a" not in base64.urlsafe_b64decode(one)


@given(st.integers(0, 200), st.integers(1, 127))
def test_any_change_breaks_the_seal(at, by):
    """One changed character is enough."""
    sealed = SEALER.seal(DRAFT)
    at %= len(sealed)
    changed = sealed[:at] + chr((ord(sealed[at]) + by) % 128) + sealed[at + 1 :]

    with pytest.raises(SealBroken):
        SEALER.open(changed, "prove", NOW)


@given(st.text(max_size=200))
def test_no_text_opens_by_chance(text):
    """Whatever is posted as state, it is refused as a broken seal and nothing else."""
    with pytest.raises(SealBroken):
        SEALER.open(text, "prove", NOW)


@pytest.mark.parametrize(
    ("survey", "now"),
    [("another", NOW), ("prove", NOW + LONGEST_DAYS * 86400 + 61), ("prove", NOW - 3600)],
)
def test_a_seal_is_for_its_survey_and_its_days(survey, now):
    """Another survey's state, one too old, or one from the future is refused."""
    with pytest.raises(SealBroken):
        SEALER.open(SEALER.seal(DRAFT), survey, now)


def test_another_key_opens_nothing():
    """Each installation has its own key."""
    with pytest.raises(SealBroken):
        Sealer(b"x" * 32).open(SEALER.seal(DRAFT), "prove", NOW)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path):
    """The file has 32 bytes and mode 0600, and stays."""
    sealing_key.cache_clear()
    first = sealing_key(tmp_path / "secrets")
    sealing_key.cache_clear()
    file = tmp_path / "secrets" / "sealing.key"

    assert first == sealing_key(tmp_path / "secrets") == file.read_bytes()
    assert (32, 0o600) == (len(first), stat.S_IMODE(file.stat().st_mode))
    assert ["sealing.key"] == [one.name for one in file.parent.iterdir()]


def test_receipts_cannot_be_guessed():
    """Sixteen random bytes each."""
    assert (16, 1000) == (len(new_token()), len({new_token() for _ in range(1000)}))


def test_a_draft_is_small():
    """Forty answers stay below three kilobytes in the form."""
    draft = msgspec.structs.replace(
        DRAFT, fields={f"q-sporsmal_{n}": ["helt_enig"] for n in range(40)}
    )

    assert len(SEALER.seal(draft)) < 3000
