"""Nothing public about a released wave comes from anywhere but its release."""

from __future__ import annotations

import datetime
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from stemme.cli import main
from stemme.config import load
from stemme.dashboards.service import releasing
from stemme.disclosure.attacker.besidehtml import html_strays
from stemme.disclosure.attacker.foreign import TOP, read_tables
from stemme.disclosure.attacker.printed import Panel
from stemme.disclosure.attacker.reading import read
from stemme.disclosure.model import Release
from stemme.doors.resident import create_app
from stemme.surveys import store
from stemme.surveys.model import Version
from stemme.surveys.service import publishing, sample

SLUG = "torstrand-nullpunkt"
STARTS = ("/nb/", "/nb/results", "/api/v1/releases", "/api/schema")
LINK = re.compile(r"""(?:href|src|"[a-z_]+")\s*[=:]\s*"([^"#?]+)["#?]""")
DAY = datetime.date(2026, 11, 20)


@pytest.fixture
async def released(database: Any) -> AsyncIterator[bytes]:
    """A released sample wave of the baseline, of 237 invented answers; gives what is frozen."""
    survey = publishing.read_all(load())[SLUG]
    owner = await database.connect("owner")
    texts = publishing.frozen_texts(survey)
    digest = publishing.version_digest(1, survey, texts)
    version = Version(SLUG, 1, survey, texts)
    await store.insert_version(owner, version, digest, publishing.structure_digest(survey))
    await owner.execute(
        "insert into wave (survey, wave, state, revision, opened_at, closed_at)"
        " values ($1, 0, 'closed', 1, now(), now())",
        SLUG,
    )
    await owner.executemany(
        "insert into answer (survey, wave, revision, language, channel, day, coded, texts,"
        " receipt, digest) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        sample.sample_rows(survey, 1, 237, DAY),
    )
    conn = await database.connect("release")
    outcome = await releasing.release_wave(conn, database.config, SLUG, 0)
    assert "released" == outcome.state, outcome
    body = await conn.fetchval("select body from release where survey = $1 and wave = 0", SLUG)
    await conn.close()
    yield Release.decode(body).encode()
    await owner.close()


async def everything(config: Any, known: list[str]) -> dict[str, bytes]:
    """Every public address about results, found by following links, with what it answers."""
    found: dict[str, bytes] = {}
    async with AsyncTestClient(create_app(config)) as client:
        wanted = list(known or STARTS)
        while wanted:
            path = wanted.pop()
            answer = await client.get(path, follow_redirects=True)
            found[path] = answer.content
            if known or answer.status_code != 200:
                continue
            links = {link for link in LINK.findall(answer.text) if public(link)}
            wanted += sorted(links - found.keys() - set(wanted))
    return found


def public(link: str) -> bool:
    return link.startswith(("/nb/results", "/nb/focus", "/nb/done", "/api/v1/"))


async def test_pages_and_files_are_the_same_without_the_answers(
    database: Any, released: bytes
) -> None:
    """Deleted answers change no page, file, chart or document: none is made from anything else."""
    assert released
    before = await everything(database.config, [])
    assert {"csv", "html"} <= {
        path.rsplit(".", 1)[-1] if "." in path else "html" for path in before
    }
    owner = await database.connect("owner")
    await owner.execute("delete from answer")
    await owner.close()
    after = await everything(database.config, sorted(before))
    assert [] == [path for path in before if before[path] != after[path]]


async def test_downloads_hold_what_the_release_holds(
    database: Any, released: bytes, tmp_path: Path
) -> None:
    """Every share in every CSV file stands in the release, and the files give nothing away."""
    pages = await everything(database.config, [])
    printed = {share for panel in read(released).panels for share in shares(panel)}
    files = [path for path in pages if path.endswith(".csv") and f"/{SLUG}" in path]
    assert files
    for at, path in enumerate(files):
        file = tmp_path / f"{at}.csv"
        file.write_bytes(pages[path])
        panels, complaints = read_tables([file], 5)
        assert [] == complaints
        assert set() == {share for panel in panels for share in shares(panel)} - printed
    assert 0 == main(["attack", str(tmp_path)])


async def test_pages_hold_what_the_release_holds(
    database: Any, released: bytes, tmp_path: Path
) -> None:
    """Every number in a table, a script or an attribute of a results page is a released one."""
    pages = await everything(database.config, [])
    wanted = f"/nb/results/{SLUG}"
    files = [path for path in pages if path.startswith(wanted) and "." not in path]
    assert len(files) > 20
    for at, path in enumerate(files):
        (tmp_path / f"{at}.html").write_bytes(pages[path])
    found = html_strays(read(released), released, sorted(tmp_path.glob("*.html")))
    assert [] == list(found)


def shares(panel: Panel) -> Iterator[tuple[str | None, ...]]:
    """Variable, group, answer and whole percentage of everything that is printed as a share."""
    tops = {row.sums[0] for by, row in panel.rows if by is not None}
    names = dict(zip(panel.parts, panel.categories, strict=True))
    for _, row in panel.rows:
        for members, share in zip(row.sums, row.shares, strict=True):
            if share is not None:
                own = {names.get(members), TOP if members in tops else None} - {None}
                variable = panel.variable.removesuffix(f" ({TOP})")
                yield from ((variable, row.group, name, str(share.value)) for name in own)
