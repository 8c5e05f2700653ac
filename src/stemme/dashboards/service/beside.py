"""A release of a file beside an earlier one of nearly the same people: both can be read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stemme.disclosure.model import Release
from stemme.disclosure.plan import Coded, Plan
from stemme.errors import ContentWrong

if TYPE_CHECKING:
    from stemme.disclosure.correction import Earlier

RELEASE = "release.json"


def read_earlier(folder: Path, plan: Plan) -> Release:
    """Give the release of a folder; raises `ContentWrong` if it is none, or of another plan."""
    path = folder / RELEASE
    try:
        release = Release.decode(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ContentWrong(f"{path}:1: is no release as it was written: {error}") from error
    if release.plan != plan:
        said = "was made by another plan, so its numbers are of something else; leave out --earlier"
        raise ContentWrong(f"{path}:1: {said}")
    if release.corrects:
        said = "stands beside one before it already; a third would tell about the few between"
        raise ContentWrong(f"{path}:1: {said}")
    return release


def stacked(release: Release, before: Coded, now: Coded, answers: Path) -> Earlier:
    """Give the earlier release with its answers; raises `ContentWrong` if it is not of them."""
    from stemme.disclosure.correction import Earlier, is_made_of, same_records

    if not is_made_of(release, before):
        said = "these are not the answers that the earlier release was made of"
        raise ContentWrong(f"{answers}:1: {said}")
    return Earlier(release, before, same_records(before, now))


def require_apart(release: Release, earlier: Release, folder: Path) -> None:
    """Raise `ContentWrong` if two releases together tell about the few who came or left."""
    from stemme.disclosure.attacker.attack import attack

    found = attack(release.encode(), earlier.encode()).broken
    told = dict.fromkeys(one.variable for one in found if one.is_of_difference)
    if told:
        raise ContentWrong(
            f"{folder}: beside this release the new one tells about the few who came or left"
            f" ({', '.join(told)}); give its answers as --earlier-answers FILE.csv, and what would"
            " tell keeps its earlier numbers"
        )
