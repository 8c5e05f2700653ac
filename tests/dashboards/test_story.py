"""Results told as a story, from releases of chosen numbers: what is said of them, and what not."""

from __future__ import annotations

import asyncio
import io
import re
from typing import Any

import msgspec
import pytest
from PIL import Image

from stemme.dashboards import store
from stemme.i18n import LANGUAGES

BASELINE = "torstrand-nullpunkt"
RESULTS = f"/nb/results/{BASELINE}"
SCALE = "trivsel_sted"
AGES = {"unge": 30, "voksne": 50, "eldre": 72}
WIDE = (200, 209)


def even(variable: Any, _by: str | None, _group: str | None) -> Any:
    """Half in every row, a mean of 6,8; nothing differs."""
    shares = [50] * max(2, len(variable.categories))
    return WIDE, shares, 6.8


def by_age(variable: Any, by: str | None, group: str | None) -> Any:
    """The groups of age far apart on one scale, and nothing else."""
    if variable.id != SCALE or by != "alder" or group is None:
        return even(variable, by, group)
    return WIDE, [10 + 30 * ["a", "b", "c"].index("abc"[_place(group)])], 5.0


def _place(group: str) -> int:
    return _PLACES.setdefault(group, len(_PLACES))


_PLACES: dict[str, int] = {}


async def text(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert 200 == answer.status_code, (path, answer.text[:500])
    return str(answer.text)


def words(page: str) -> str:
    return " ".join(
        re.sub(r"<[^>]+>", " ", page).replace("\xa0", " ").replace("&nbsp;", " ").split()
    )


async def test_groups_that_stand_out_are_told_in_words(client: Any, forged: Any) -> None:
    """The lowest and the highest group are marked, with what the mark means; the rest is not."""
    _PLACES.clear()
    await forged(by_age)
    page = await text(client, f"{RESULTS}/{SCALE}")
    table = page[page.index('id="by-alder"') : page.index('id="by-kjonn"')]
    assert ["tydelig lavere", "tydelig høyere"] == re.findall("tydelig (?:lavere|høyere)", table)
    assert 2 == len(re.findall("tydelig (?:lavere|høyere)", page))
    assert "«Tydelig» betyr" in page
    grouped = await text(client, f"{RESULTS}/by-alder")
    assert 2 == len(re.findall("tydelig (?:lavere|høyere)", grouped))


async def test_small_differences_are_not_marked(client: Any, forged: Any) -> None:
    """Where nothing differs nothing is said to differ."""
    await forged(even)
    assert "tydelig" not in (await text(client, f"{RESULTS}/{SCALE}")).lower()


async def test_margins_only_where_people_were_drawn(client: Any, forged: Any) -> None:
    """A link that everyone may open gives the caution, a random sample the margins."""
    await forged(even)
    page = words(await text(client, f"{RESULTS}/{SCALE}"))
    assert "ikke trukket ut tilfeldig" in page
    assert "(43–57 %)" not in page


async def test_margins_of_a_random_sample(client: Any, forged: Any) -> None:
    """Half of 200 is 43 to 57 of 100, beside every share, and drawn as a whisker."""
    await forged(even, drawn="random")
    page = await text(client, f"{RESULTS}/{SCALE}")
    assert "(43–57 %)" in words(page)
    assert "whisker" in page
    assert "trukket ut tilfeldig. Et spenn" in page
    assert "Alle som ville, kunne svare" not in page


async def test_means_with_their_scale(client: Any, forged: Any) -> None:
    """A mean has one decimal, says of how much, and stands below what the ends mean."""
    await forged(even)
    page = words(await text(client, f"{RESULTS}/{SCALE}"))
    assert "Gjennomsnitt: 6,8 av 10" in page
    assert "0 = " in page
    assert "6.8" in words(await text(client, f"/ar/results/{BASELINE}/{SCALE}"))


async def test_percent_signs_keep_their_place(client: Any, forged: Any) -> None:
    """Latin digits and their sign are one piece, read from left to right in any language."""
    await forged(even)
    for lang in ("nb", "ar", "ckb"):
        page = await text(client, f"/{lang}/results/{BASELINE}/{SCALE}")
        assert '<bdi dir="ltr">50&nbsp;%</bdi>' in page
        assert [] == re.findall(r"(?<!ltr\">)\b\d+&nbsp;%", page)


async def test_certificate(client: Any, forged: Any) -> None:
    """What was tried, how near it came, what is hidden, the seal and where the numbers are."""
    made = await forged(even)
    page = await text(client, f"{RESULTS}/certificate")
    assert made.digest in page
    said = words(page)
    assert "10 av 200 tall er skjult." in said
    assert "et spenn på 12 personer" in said
    assert 3 == page[page.index("Programmet prøvde") :].count("<li>Å ")
    assert f"/api/v1/releases/{BASELINE}/0" in page
    for lang in LANGUAGES:
        await text(client, f"/{lang}/results/{BASELINE}/certificate")


async def test_only_the_frame_may_be_framed(client: Any, forged: Any) -> None:
    """The small page may stand anywhere and says whose it is; all others stand alone."""
    await forged(even)
    small = await client.get(f"{RESULTS}/{SCALE}/embed")
    assert "frame-ancestors *" in small.headers["content-security-policy"]
    assert "x-frame-options" not in small.headers
    assert "Eksempelsvar. Ikke ekte." in small.text
    assert "<form" not in small.text
    for path in (RESULTS, f"{RESULTS}/{SCALE}", f"{RESULTS}/certificate"):
        headers = (await client.get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "DENY" == headers["x-frame-options"]
    page = await text(client, f"{RESULTS}/{SCALE}")
    assert f"{RESULTS}/{SCALE}/embed" in page[page.index("&lt;iframe") :]
    assert 404 == (await client.get(f"{RESULTS}/annet/embed")).status_code


@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
async def test_picture(client: Any, forged: Any, lang: str) -> None:
    """The picture of a link is 1200 by 630, and the page names it with its whole address."""
    await forged(even)
    path = f"/{lang}/results/{BASELINE}/{SCALE}"
    answer = await client.get(f"{path}.png")
    assert "image/png" == answer.headers["content-type"]
    assert (1200, 630) == Image.open(io.BytesIO(answer.content)).size
    named = re.findall(r'property="og:image" content="([^"]+)"', await text(client, path))
    assert [True] == [one.startswith("http") and one.endswith(f"{path}.png") for one in named]
    assert 404 == (await client.get(f"/{lang}/results/{BASELINE}/annet.png")).status_code


async def test_all_results(client: Any, forged: Any) -> None:
    """One page has every survey, and every focus area with what was asked about it."""
    assert 200 == (await client.get("/nb/results")).status_code
    await forged(even)
    page = await text(client, "/nb/results")
    assert f'href="{RESULTS}"' in page
    assert f'href="{RESULTS}/levekar-og-folkehelse"' in page


async def test_findings_beside_the_numbers(client: Any, database: Any, forged: Any) -> None:
    """What the office says is shown at once, in bokmål where it is not translated."""
    await forged(even)
    before = (await client.get(RESULTS)).headers["etag"]
    conn = await database.connect("staff")
    key = (await store.list_newest_releases(conn))[0]
    said = {
        "top.1": {"nb": "De fleste trives.", "ar": "معظم الناس سعداء"},
        f"question.{SCALE}": {"nb": "<b>Stedet</b> er godt likt."},
    }
    assert await store.insert_findings(conn, key, said)
    assert not await store.insert_findings(conn, key, {}), "an edition is written once"
    assert before != (await client.get(RESULTS)).headers["etag"]
    assert "De fleste trives." in await text(client, RESULTS)
    assert "معظم الناس سعداء" in await text(client, f"/ar/results/{BASELINE}")
    assert 'lang="nb" dir="ltr">De fleste trives.' in await text(client, f"/pl/results/{BASELINE}")
    assert "&lt;b&gt;Stedet" in await text(client, f"{RESULTS}/{SCALE}")


async def test_waves_are_compared_where_both_are_real(client: Any, forged: Any) -> None:
    """The second wave says what has clearly changed since the first, and what has not."""

    def lower(variable: Any, by: str | None, group: str | None) -> Any:
        base, shares, mean = even(variable, by, group)
        return base, ([25] * len(shares) if variable.id == SCALE else shares), mean

    await forged(lower, wave=1)
    assert "Endring siden sist" not in await text(client, f"{RESULTS}/{SCALE}")
    await forged(even, wave=2)
    page = words(await text(client, f"{RESULTS}/{SCALE}"))
    change = page[page.index("Endring siden sist") :]
    assert "Alle som svarte 25 % 50 % Tydelig opp" in change
    assert "(Gjennomsnitt) 6,8 av 10 6,8 av 10 Ingen tydelig endring" in change
    assert "på om lag 16 prosentpoeng" in change
    other = words(await text(client, f"{RESULTS}/trivsel_liv"))
    assert "50 % 50 % Ingen tydelig endring" in other


async def test_what_was_asked_otherwise_is_not_compared(
    client: Any, database: Any, forged: Any
) -> None:
    """A question in other words is a break, said plainly, with no numbers beside each other."""
    await forged(even, wave=1)
    owner = await database.connect("owner")
    found = await owner.fetchrow("select definition, texts from survey_version")
    changed = msgspec.json.encode(found["definition"]).decode()
    assert "Hvor godt liker du å bo på Torstrand?" in changed
    changed = changed.replace("Hvor godt liker du å bo på Torstrand?", "Er Torstrand bra?")
    await owner.execute(
        "insert into survey_version (survey, revision, digest, structure, definition, texts)"
        " values ($1, 2, $2, $2, $3, $4)",
        *(BASELINE, b"2" * 32, msgspec.json.decode(changed), found["texts"]),
    )
    await forged(even, wave=2, revision=2)
    page = words(await text(client, f"{RESULTS}/{SCALE}"))
    change = page[page.index("Endring siden sist") :]
    assert "Spørsmålet ble ikke stilt på samme måte begge gangene." in change
    assert "Tydelig" not in change


async def test_nobody_gets_half_of_what_is_known(client: Any, database: Any, forged: Any) -> None:
    """Of many who ask at once while a release is read, all get the findings."""
    await forged(even)
    conn = await database.connect("staff")
    key = (await store.list_newest_releases(conn))[0]
    assert await store.insert_findings(conn, key, {"top.1": {"nb": "De fleste trives."}})
    pages = await asyncio.gather(*(client.get(f"{RESULTS}?n={n}") for n in range(8)))
    assert 8 == sum("De fleste trives." in page.text for page in pages)


async def test_means_in_files(client: Any, forged: Any) -> None:
    """The file has the mean of everyone and of each group, and none beside single answers."""
    await forged(even)
    lines = (await text(client, f"{RESULTS}/{SCALE}.csv")).splitlines()
    assert "Gjennomsnitt" == lines[0].split(";")[7]
    means = [line.split(";")[7] for line in lines[1:]]
    assert ["", "", "", "6,8"] == means[:4]
    assert {"6,8"} == set(means[4:])
