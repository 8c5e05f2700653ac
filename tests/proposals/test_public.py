"""The list of a round: by sub-area, page by page, and the same order for everybody all day."""

from __future__ import annotations

import re

from stemme.proposals import store
from stemme.proposals.routes.public import LISTED
from stemme.proposals.service import sample

from .conftest import ROUND, SLUG

AREA = "gaterom-og-moteplasser"
MANY = LISTED + 5


async def fill(owner):
    """Many proposals that are shown, a third of them about one sub-area."""
    await owner.execute(
        "insert into proposal (round, id, origin)"
        " select $1, g, 'resident' from generate_series(1, $2::int) g",
        *(SLUG, MANY),
    )
    await owner.execute(
        "insert into proposal_version (round, proposal, version, language, title, what, area, key,"
        " digest, state) select $1, g, 1, 'nb', 'Forslag ' || g, 'Noe',"
        " case when g % 3 = 0 then $3 else '' end, sha256(g::text::bytea), sha256('x'), 'shown'"
        " from generate_series(1, $2::int) g",
        *(SLUG, MANY, AREA),
    )


def listed(page):
    return re.findall(r">(Forslag \d+)<", page)


async def test_page_by_page(phone, owner):
    """Every proposal stands on exactly one page, in an order that a second look finds again."""
    await fill(owner)
    one = phone()
    first = listed((await one.get(one.path)).page)
    again = listed((await one.get(one.path)).page)
    rest = listed((await one.get(f"{one.path}?first={LISTED}")).page)
    assert (LISTED, first, MANY) == (len(first), again, len({*first, *rest}))
    assert f"?first={LISTED}" in (await one.get(one.path)).page
    assert 200 == (await one.get(f"{one.path}?first=x&area=ukjent")).status


async def test_by_sub_area(phone, owner):
    """A plain link shows one sub-area, with how many there are."""
    await fill(owner)
    one = phone()
    await one.get(one.path)
    links = re.findall(r'href="([^"]*\?area=[^"]*)"[^>]*>([^<]*)<', one.page)
    assert [(f"{one.path}?area={AREA}", MANY // 3)] == [
        (path, int(re.search(r"\((\d+)\)", words)[1])) for path, words in links
    ]
    await one.get(links[0][0])
    assert MANY // 3 == len(listed(one.page))


async def test_the_sample_is_marked_and_gives_way(resident_door, owner, office):
    """The sample is made once, says what it is on every page, and goes when there is a round."""
    assert [True, False] == [await sample.ensure_sample(owner) for _ in range(2)]
    path = f"/nb/proposals/{sample.SLUG}"
    page = (await resident_door.get(path)).text
    links = re.findall(rf'href="({path}/\d+)"', page)
    assert len(sample.INVENTED) == len(links)
    for one in (path, *links):
        assert "Eksempel. Ikke ekte." in (await resident_door.get(one)).text
    assert 410 == (await resident_door.get(f"{path}/new")).status_code
    await store.insert_round(office, ROUND)
    await store.move(office, SLUG, "draft", "collect")
    assert path not in (await resident_door.get("/nb/proposals")).text
