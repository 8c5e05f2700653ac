"""What leaves a dialogue: one release when it has closed, made safe, and never a row."""

from __future__ import annotations

import re

import asyncpg
import numpy as np
import pytest

from stemme.dialogue import store, views
from stemme.dialogue.model import Conversation, Shown
from stemme.dialogue.rules import placing
from stemme.dialogue.rules import release as rules
from stemme.dialogue.rules.space import UNSEEN
from stemme.dialogue.service import sample, upkeep
from stemme.disclosure.model import Release, ReleaseRefused
from stemme.surveys.service.answering import receipt_of

from .conftest import SLUG


async def react(owner, people):
    """Reactions of many; `people` gives each a mapping of statement to reaction."""
    rows = [
        (SLUG, number.to_bytes(16, "big"), statement, reaction)
        for number, said in enumerate(people)
        for statement, reaction in said.items()
    ]
    await owner.executemany("insert into reaction values ($1, $2, $3, $4)", rows)


def crowd(people, statements, *, seed=4):
    """Two camps of 60 and 40 in a hundred that mostly contradict each other."""
    chance = np.random.default_rng(seed)
    camp = np.where(np.arange(people) % 10 < 6, 1, -1)
    lean = np.where(np.arange(statements) % 2 == 0, 1, -1)
    agrees = chance.random((people, statements)) < 0.5 + 0.4 * camp[:, None] * lean
    reactions = np.where(agrees, 1, -1).astype(np.int8)
    reactions[chance.random(reactions.shape) < 0.1] = 0
    reactions[chance.random(reactions.shape) < 0.2] = UNSEEN
    ids = tuple(map(str, range(people)))
    return Conversation(ids, tuple(range(1, statements + 1)), reactions, ("",) * people, {})


async def test_released_once_when_closed(database, owner, opened, close, phone):
    """Shares with bands and margins are shown once the dialogue is closed, and never change."""
    first, second, _ = opened.values()
    people = [{first: 1 if n < 30 else -1, second: -1 if n % 2 else 0} for n in range(40)]
    await react(owner, people)
    conn = await database.connect("release")
    assert [] == await store.list_reactions(conn, SLUG)
    assert "released" == await close()
    page = (await phone().get()).page
    assert "75 av 100 er enige." in page
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    assert "Det må være minst 100 som svarer" in text
    assert "40–49" in text
    for sql in ("update dialogue_release set body = '{}'", "delete from dialogue_release"):
        with pytest.raises(asyncpg.PostgresError):
            await owner.execute(sql)
    await upkeep.release(conn)
    assert 1 == await owner.fetchval("select count(*) from dialogue_release")


async def test_too_few(owner, opened, close, phone):
    """Nine people give no number at all, and the page says that it waits."""
    first = next(iter(opened.values()))
    await react(owner, [{first: 1}] * 9)
    assert "refused" == await close()
    assert "For få har svart" in await owner.fetchval("select refusal from dialogue")
    assert "av 100 er enige" not in (await phone().get()).page


async def test_nobody_at_all(opened, close):
    """A dialogue nobody took part in closes without a release."""
    assert opened
    assert "refused" == await close()


def shown(conversation):
    """The statements of a conversation as residents read them."""
    return {id_: Shown(id_, "nb", f"Påstand {id_}", {}, "", 1) for id_ in conversation.statements}


def test_groups_and_their_map():
    """A hundred and more people in two camps: groups, what marks them, and circles for a map."""
    conversation = crowd(200, 12)
    released = Release.decode(rules.release("x", conversation).encode())
    told = views.tell(released, shown(conversation))
    assert ([1, 2], "") == ([one.number for one in told.groups], told.no_groups)
    assert [60, 40] == [pytest.approx(one.percent, abs=6) for one in told.groups]
    assert told.stability >= 80
    assert {True} == {
        abs(mine - others) >= 40 for one in told.groups for _, mine, others in one.marks
    }
    assert not told.together


def test_the_header_knows_how_firm_and_nothing_else_of_people():
    """What the disclosure rules do not see is the firmness of the groups, in steps of ten."""
    header = rules.release("x", crowd(200, 12)).header
    assert {"dialogue", "sample", "stability"} == set(header)
    assert 0 == header["stability"] % 10


def test_the_map_is_drawn_from_published_shares_alone(monkeypatch):
    """From the decoded release: two groups stand opposite, the larger has the larger circle."""
    body = rules.release("x", crowd(200, 12)).encode()
    told = views.tell(Release.decode(body), {})
    (one, first), (other, second) = told.circles
    assert ((1, 2), (-first.x, -first.y)) == ((one, other), (second.x, second.y))
    assert first.radius > second.radius >= views.SMALLEST
    assert [75, 0] == [abs(first.x), first.y]
    monkeypatch.setattr(placing, "FEWEST_STATEMENTS", 13)
    bare = views.tell(Release.decode(body), shown(crowd(200, 12)))
    assert ([], [1, 2]) == (bare.circles, [one.number for one in bare.groups])


def test_places_of_groups():
    """Three groups stand as their shares do; too few statements, or no difference, no map."""
    alike, apart = placing.place([[10, 10, 10, 10], [12, 10, 10, 10], [90, 90, 90, 90]])[:2], None
    assert max(abs(one - other) for one, other in zip(*alike, strict=True)) <= 2
    square = placing.place([[80, 20, 50], [20, 80, 50], [50, 50, 90]])
    gaps = sorted(
        (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
        for place, one in enumerate(square)
        for other in square[:place]
    )
    assert [pytest.approx(wanted, rel=0.05) for wanted in _gaps(gaps[0])] == gaps
    assert [apart] * 3 == [
        placing.place([[10, 90], [90, 10]]),
        placing.place([[40, 40, 40]] * 2),
        placing.place([]),
    ]


def _gaps(least):
    """The squared distances of the three groups above, as they are to the least of them."""
    return [least, least, least * 7200 / 3400]


async def test_reactions_go_thirty_days_after_the_release(database, owner, opened, close, phone):
    """The worker deletes the rows of a release so old; what is published stays as it was."""
    first = next(iter(opened.values()))
    await react(owner, [{first: 1 if n < 30 else -1} for n in range(40)])
    written = await owner.fetchval(
        "insert into statement (dialogue, id, origin, language, body, masking, receipt)"
        " values ($1, 5, 'resident', 'nb', 'Lys.', 1, $2) returning id",
        *(SLUG, receipt_of(bytes(16))),
    )
    assert (5, "released") == (written, await close())
    conn = await database.connect("retention")
    before = await owner.fetchval("select body from dialogue_release")
    await upkeep.forget(conn)
    assert 40 == await owner.fetchval("select count(*) from reaction")
    assert 40 == await store.delete_old_reactions(conn, 0)
    assert 0 == await owner.fetchval("select count(*) from reaction")
    await upkeep.release(await database.connect("release"))
    assert before == await owner.fetchval("select body from dialogue_release")
    assert "75 av 100 er enige." in (await phone().get()).page
    assert 200 == (await phone().get(f"/nb/dialogue/{SLUG}/mine/{bytes(16).hex()}")).status


@pytest.mark.parametrize(("days", "left"), [(29, 12), (30, 0)])
async def test_the_day_that_reactions_go(database, owner, office, opened, days, left):
    """On the thirtieth day and no sooner, of a release and of a dialogue that could have none."""
    first = next(iter(opened.values()))
    await react(owner, [{first: 1}] * 12)
    conn = await database.connect("retention")
    assert await store.step(office, SLUG, "open", "closed")
    day = "(now() at time zone 'Europe/Oslo')::date - $2::integer"
    sql = f"insert into dialogue_release (dialogue, released_on, body) values ($1, {day}, '{{}}')"
    await owner.execute(sql, SLUG, days)
    await upkeep.forget(conn)
    assert 12 == await owner.fetchval("select count(*) from reaction")
    await owner.execute("update dialogue set state = 'released'")
    await upkeep.forget(conn)
    assert left == await owner.fetchval("select count(*) from reaction")


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
async def test_reactions_that_gave_nothing_go_too(database, owner, opened, close, days, left):
    """Where too few took part, the month is counted from the closing."""
    first = next(iter(opened.values()))
    await react(owner, [{first: 1}])
    assert "refused" == await close()
    await owner.execute("alter table dialogue disable trigger dialogue_guarded")
    await owner.execute("update dialogue set closed_at = now() - make_interval(days => $1)", days)
    await upkeep.forget(await database.connect("retention"))
    assert left == await owner.fetchval("select count(*) from reaction")


def test_below_a_hundred_nothing_is_by_group():
    """Ninety people in two clear camps give shares, and nothing at all by group."""
    conversation = crowd(90, 12)
    released = rules.release("x", conversation)
    assert "too_few" == released.header["no_groups"]
    assert {None} == {table.by for table in released.tables}
    assert [] == views.tell(released, shown(conversation)).groups


def test_loose_groups_are_not_shown():
    """Reactions by the toss of a coin make no groups that are shown."""
    chance = np.random.default_rng(8)
    reactions = chance.choice([1, -1], (150, 30)).astype(np.int8)
    conversation = crowd(150, 30)._replace(reactions=reactions)
    assert rules.release("x", conversation).header["no_groups"] in ("unstable", "too_small")


def test_no_raw_count_is_published():
    """The release holds whole percentages and bands of ten, and no id of a person."""
    conversation = crowd(120, 6)
    body = rules.release("x", conversation)
    for table in body.tables:
        for row in table.rows:
            assert row.base is None or (0, 9) == (row.base[0] % 10, row.base[1] - row.base[0])
    assert "participants" not in body.encode().decode()


def test_nothing_to_count():
    """No statement with ten reactions, no release."""
    few = crowd(200, 3)
    few.reactions[9:] = UNSEEN
    for conversation in (few, crowd(0, 3), crowd(50, 0)):
        with pytest.raises(ReleaseRefused):
            rules.release("x", conversation)


def test_who_reacted_to_nothing_shown_is_left_out():
    """Reactions to what was taken away count for nothing."""
    rows = [(b"a", 1, 1), (b"a", 2, -1), (b"b", 3, 1)]
    gathered = rules.gather([1, 2], rows)
    assert [[1, -1]] == gathered.reactions.tolist()


async def test_the_sample_is_marked_and_goes_when_there_is_a_real_one(
    database, owner, office, resident_door
):
    """The sample is made once, released marked as one, and gone from the list with a real one."""
    assert [True, False] == [await sample.ensure_sample(owner) for _ in range(2)]
    await upkeep.release(await database.connect("release"))
    page = (await resident_door.get(f"/nb/dialogue/{sample.SLUG}")).text
    assert "Eksempelsvar. Ikke ekte." in page
    assert 2 == page.count("<circle")
    listed = (await resident_door.get("/nb/dialogue")).text
    assert "Eksempel. Ikke ekte." in listed
    await store.insert_dialogue(office, "ekte", ({"nb": "Ekte"}, {}), "")
    await store.seed_statement(office, "ekte", "nb", "Noe.", "")
    await store.step(office, "ekte", "draft", "open")
    assert "Eksempel. Ikke ekte." not in (await resident_door.get("/nb/dialogue")).text
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("update dialogue set sample = false where sample")
