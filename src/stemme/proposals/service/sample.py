"""A sample round to look at on a new machine: invented proposals, marked on every page."""

from __future__ import annotations

import secrets

from msgspec import Struct

from stemme.proposals import store
from stemme.proposals.model import Check, Text
from stemme.surveys.service.answering import receipt_of

SLUG = "eksempel"
TITLES = {"nb": "Eksempel på en forslagsrunde"}
QUESTIONS = {"nb": "Hva vil du bruke 200 000 kroner på i Torstrand?"}
DECIDES = {"nb": "Panelet gir råd. Kommunen bestemmer."}
BUDGET = 200_000


class Invented(Struct, frozen=True):
    """A proposal, how it was changed, what was said to it, and whether it won."""

    texts: tuple[Text, ...]
    check: Check
    won: bool | None
    comments: tuple[str, ...] = ()


_PARK = "Park og vei i kommunen"
INVENTED = (
    Invented(
        (
            Text(
                "Benker ved vannet",
                "Tre benker langs stien ved vannet.",
                "Mange trenger å hvile på vei til butikken.",
                cost=60_000,
            ),
            Text(
                "Benker ved vannet",
                "Fire benker med rygg langs stien ved vannet, to av dem i skyggen.",
                "Mange trenger å hvile på vei til butikken.",
                cost=80_000,
            ),
        ),
        Check("yes", "Kommunen eier stien, og det er plass.", _PARK, 72_000),
        True,
        ("To av dem bør stå der det er skygge om sommeren.", "Benker med rygg er best."),
    ),
    Invented(
        (
            Text(
                "Lys på gangveien",
                "Lamper der det er mørkest mellom skolen og parken.",
                "Da blir det tryggere å gå hjem om kvelden.",
                cost=100_000,
            ),
        ),
        Check("partly", "Det er strøm til seks lamper, ikke til ti.", _PARK, 120_000),
        True,
        ("Også ved bussholdeplassen!",),
    ),
    Invented(
        (
            Text(
                "Grillplass i parken",
                "En grillplass med bord der alle kan møtes.",
                "Et sted å bli kjent med naboene.",
                cost=40_000,
            ),
        ),
        Check("yes", "Det må være avstand til husene.", _PARK, 65_000),
        False,
    ),
    Invented(
        (Text("Badebrygge", "En brygge å bade fra.", "Alle bader her om sommeren."),),
        Check("no", "Grunnen er ikke kommunens, og farleien er for nær.", "Havnevesenet", None),
        None,
    ),
)


async def ensure_sample(conn: store.Connection) -> bool:
    """Make the sample, finished; False where there is one. By the owner."""
    async with conn.transaction():
        if not await store.insert_sample(conn, SLUG, (TITLES, QUESTIONS, DECIDES), BUDGET):
            return False
        await store.move(conn, SLUG, "draft", "collect")
        for one in INVENTED:
            await _write(conn, one)
        await store.move(conn, SLUG, "collect", "done")
    return True


async def _write(conn: store.Connection, one: Invented) -> None:
    # Nobody is given these bytes: a sample has no author who could come back.
    receipt = receipt_of(secrets.token_bytes(16))
    await store.append_proposal(conn, SLUG, receipt, "nb", one.texts[0])
    own = await store.find_own(conn, SLUG, receipt)
    if own is None:
        return
    for version, text in enumerate(one.texts[1:], 1):
        key = (SLUG, receipt, receipt_of(secrets.token_bytes(16)))
        await store.append_version(conn, key, version, "nb", text)
    shown = store.Verdict("shown")
    for version in range(1, len(one.texts) + 1):
        await store.judge_version(conn, (SLUG, own.id, version), "waiting", shown)
    for body in one.comments:
        token = receipt_of(secrets.token_bytes(16))
        await store.append_comment(conn, SLUG, own.id, token, ("nb", body))
    for comment in await store.list_all_comments(conn, SLUG):
        await store.judge_comment(conn, SLUG, comment.id, "waiting", shown)
    await store.check_proposal(conn, SLUG, own.id, one.check, len(one.texts))
    if one.won is not None:
        await store.choose(conn, SLUG, own.id, chosen=True)
        await store.record_outcome(conn, SLUG, own.id, won=one.won)
