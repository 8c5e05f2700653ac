"""The page that counts again and the program it offers, with and without something to count."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient

from stemme.doors import resident
from stemme.panel import recount
from stemme.panel.ballots.manifest import canonical
from stemme.panel.ballots.rehearsal import Rehearsal

PAGE = "/nb/panel/votes/prove/recount"


@pytest.fixture
async def door(database) -> AsyncIterator[AsyncTestClient]:
    async with AsyncTestClient(resident.create_app(database.config)) as client:
        yield client


async def _insert(database, vote: Rehearsal, state: str) -> None:
    owner = await database.connect("owner")
    await owner.execute(
        "insert into panel (panel, title, decides) values ('unge', 'Ungdomspanelet', 'Panelet.')"
    )
    await owner.execute(
        "insert into vote (panel, id, state, draft, manifest, vid, reason)"
        " values ('unge', 'prove', $1, '{}', $2, $3, 'Nøkkelen er tapt.')",
        *(state, vote.manifest.encode(), vote.vid.hex()),
    )


async def test_nothing_to_count_yet(door, database, panel_vote: Rehearsal) -> None:
    """Before the vote is counted the page says when; the script is not even loaded."""
    await _insert(database, panel_vote, "open")
    page = await door.get(PAGE)
    assert 200 == page.status_code
    assert "Du kan telle selv når avstemningen er stengt" in page.text
    assert 'type="module"' not in page.text
    assert 404 == (await door.get("/nb/panel/votes/annen/recount")).status_code


@pytest.mark.parametrize("state", ["counted", "annulled"])
async def test_with_a_bundle(door, database, panel_vote: Rehearsal, state: str) -> None:
    """Counted, or annulled after it had closed: there is a bundle to check."""
    await _insert(database, panel_vote, state)
    owner = await database.connect("owner")
    body = canonical(panel_vote.bundle({}))
    page = await door.get(PAGE)
    assert ('type="module"' in page.text) == (state == "counted")
    await owner.execute(
        "insert into vote_bundle (vote, body, digest) values ('prove', $1, $2)",
        *(body, hashlib.sha256(body).hexdigest()),
    )
    page = await door.get(PAGE)
    assert panel_vote.vid.hex() in page.text
    assert 'type="module"' in page.text
    assert "set-cookie" not in page.headers


async def test_the_program_is_served_as_it_is(door) -> None:
    """Byte for byte, named by its hash, and not sent twice."""
    body = Path(str(recount.__file__)).read_bytes()
    answer = await door.get("/panel/recount.py")
    assert body == answer.content
    assert f'"{hashlib.sha256(body).hexdigest()}"' == answer.headers["etag"]
    again = await door.get("/panel/recount.py", headers={"if-none-match": answer.headers["etag"]})
    assert (304, b"") == (again.status_code, again.content)


async def test_the_address_on_paper(door) -> None:
    """Opens the page in the reader's language, which nobody needs to sign in to."""
    answer = await door.get(
        "/panel/paper", headers={"accept-language": "so"}, follow_redirects=False
    )
    assert (303, "/so/panel/paper") == (answer.status_code, answer.headers["location"])
    page = await door.get("/so/panel/paper")
    assert 200 == page.status_code
    assert "set-cookie" not in page.headers
    listed = (await door.get("/panel/page-hashes.txt")).text
    assert f"{hashlib.sha256(page.content).hexdigest()}  so/panel/paper\n" in listed


def test_the_file_stands_alone() -> None:
    """It imports nothing of ours, and nothing but `cryptography` besides the standard library."""
    text = Path(str(recount.__file__)).read_text(encoding="utf-8")
    imported = {
        line.split()[1].partition(".")[0]
        for line in text.splitlines()
        if "import " in line and line.startswith(("import", "from"))
    }
    assert "stemme" not in imported
    assert {"cryptography"} == imported - {
        "__future__",
        "argparse",
        "hashlib",
        "json",
        "sys",
        "zipfile",
        "collections",
        "fractions",
        "math",
        "pathlib",
        "typing",
    }
