"""Coding free text: on a real database as the role `coder`, then on the pages of the staff door."""

from __future__ import annotations

import datetime

import asyncpg
import pytest

from stemme.db.pool import open_pool
from stemme.surveys import store
from stemme.surveys.model import Group, Survey, Text, Wave
from stemme.surveys.rules.coding import copied_words, is_copy, names_somebody
from stemme.surveys.rules.layout import lay_out
from stemme.surveys.rules.masking import RULES
from stemme.surveys.sealing import Draft
from stemme.surveys.service import answering, coding
from stemme.surveys.service.inbox import Inbox

SEND = "select append_answer($1, $2, $3, $4, $5, 'nb', 'web', $6, $7, $8::smallint)"
TEXTS = ("Flere benker ved elva", "Mer lys i parken", "Lekeplass til de små")


def test_copied_words():
    """The longest run of shared words is counted, whatever their case and signs."""
    assert 3 == copied_words("Flere benker ved elva", "Noen vil ha flere benker, ved vannet")
    assert 0 == copied_words("", "noe")


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        (True, "De vil ha flere lys langs stien ned til skolen"),
        (False, "Flere ønsker bedre belysning der barna går"),
    ],
)
def test_a_paraphrase_is_no_copy(expected, body):
    """Five words in a row are a copy."""
    assert expected == is_copy("Sett opp lys langs stien ned til skolen", body)


def test_a_paraphrase_names_nobody():
    """Neither a name nor the place of one stands in a paraphrase."""
    assert [True, True, False] == [
        names_somebody(body) for body in ("Kari Hansen vil ha lys", "[navn] vil ha lys", "Mer lys")
    ]


async def send(database, wave, number, text, masking=1):
    conn = await database.connect("resident")
    receipt = bytes([number]) * 32
    answer = ({"trygghet": "trygg"}, {"endre": text})
    return await conn.fetchval(
        SEND, wave.survey, wave.wave, wave.revision, receipt, receipt, *answer, masking
    )


async def close(owner, late="1 second"):
    await owner.execute(
        "update wave set state = 'closed', closed_at = now() - interval '1 hour',"
        f" late_until = now() - interval '{late}'"
    )


async def coder(owner, login="kim", role="coder", ends="1 hour"):
    """The token of somebody's session; here it is their login."""
    account = await owner.fetchval(
        "insert into staff_account (login, password, roles) values ($1, 'x', $2) returning id",
        *(login, [role]),
    )
    await owner.execute(
        "insert into staff_session (token, account, csrf, expires_at)"
        f" values (sha256($1), $2, '', now() + interval '{ends}')",
        *(login.encode(), account),
    )
    return login


@pytest.fixture
async def pile(database, open_wave):
    """Three texts of a closed wave on the pile: gives connections and two coders."""
    for number, text in enumerate(TEXTS):
        assert "stored" == await send(database, open_wave, number, text)
    owner, conn = await database.connect("owner"), await database.connect("coder")
    await close(owner)
    one, other = await coder(owner), await coder(owner, "odd")
    assert 3 == await conn.fetchval(store.Q.start_coding, "provesporsmal", 1, one)
    return owner, conn, one, other


async def read_all(conn, actor):
    """All texts in the order a coder meets them, each with its id."""
    found, after = [], None
    while row := await conn.fetchrow(store.Q.next_text, "provesporsmal", 1, "endre", actor, after):
        found.append((row["id"], row["body"]))
        after = row["id"]
    return found


async def test_a_coder_reads_every_text_once(pile):
    """Each text comes once, with an id of its own that no answer has; each coder has an order."""
    owner, conn, one, other = pile
    mine, theirs = await read_all(conn, one), await read_all(conn, other)
    answers = {row["id"] for row in await owner.fetch("select id from answer")}
    assert sorted(TEXTS) == sorted(body for _id, body in mine)
    assert set(mine) == set(theirs)
    assert answers.isdisjoint(text for text, _body in mine)


async def test_nothing_before_the_wave_is_over(database, open_wave):
    """While answers may come there is no pile: it would tell when each text came."""
    await send(database, open_wave, 1, TEXTS[0])
    owner, conn = await database.connect("owner"), await database.connect("coder")
    actor = await coder(owner)
    start = (store.Q.start_coding, "provesporsmal", 1, actor)
    assert 0 == await conn.fetchval(*start)
    await close(owner, "-1 hour")
    assert 0 == await conn.fetchval(*start)
    await close(owner)
    assert [1, 0] == [await conn.fetchval(*start), await conn.fetchval(*start)]


async def test_an_unmasked_text_is_never_read(database, open_wave):
    """What was stored without masking comes onto no pile."""
    await send(database, open_wave, 1, TEXTS[0], masking=0)
    owner, conn = await database.connect("owner"), await database.connect("coder")
    await close(owner)
    actor = await coder(owner)
    assert 0 == await conn.fetchval(store.Q.start_coding, "provesporsmal", 1, actor)


async def test_only_coders(pile):
    """The functions look the session up: no admin, no stranger, none that is over or shut."""
    owner, conn, one, _other = pile
    admin = await coder(owner, "eva", "admin")
    late = await coder(owner, "per", ends="-1 second")
    await owner.execute("update staff_account set closed_at = now() where login = $1", one)
    account = await owner.fetchval("select id::text from staff_account where login = 'odd'")
    for actor in (admin, late, one, account, "", None):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetch(store.Q.list_piles, actor)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await read_all(conn, actor)


async def test_withdrawn_texts_are_gone_at_once(pile, database):
    """A withdrawn text is not shown from that second, and its rows go with the answer."""
    owner, conn, one, other = pile
    text = next(known for known, body in await read_all(conn, one) if body == TEXTS[0])
    made = await conn.fetchval(
        store.Q.propose_paraphrase, "provesporsmal", text, "Sitteplasser", one
    )
    resident = await database.connect("resident")
    await resident.fetchval("select request_withdrawal($1, $2)", "provesporsmal", bytes(32))
    assert 2 == len(await read_all(conn, one))
    assert [] == await conn.fetch(store.Q.list_paraphrases, "provesporsmal", other)
    retention = await database.connect("retention")
    await retention.execute("select delete_withdrawn()")
    left = await owner.fetchrow(
        "select (select count(*) from free_text) as texts,"
        " (select count(*) from paraphrase where id = $1) as paraphrases,"
        " (select count(*) from paraphrase_log) as logged",
        made,
    )
    assert (2, 0, 0) == tuple(left)


async def theme(conn, actor, name, number=None):
    args = ("provesporsmal", "endre", number, name, "", actor)
    return await conn.fetchval(store.Q.save_theme, *args)


async def code(conn, actor, text, *themes):
    return await conn.fetchval(store.Q.code_text, "provesporsmal", text, list(themes), actor)


async def streamed(database):
    conn = await database.connect("release")
    rows = await conn.fetch("select coded from stream_coded_answers('provesporsmal', 1)")
    return sorted((row["coded"] for row in rows), key=str)


async def test_themes_are_streamed_when_all_is_coded(pile, database):
    """A question's themes come with the coded answers once the last text is coded, words never."""
    _owner, conn, one, other = pile
    assert [1, 2] == [await theme(conn, one, "Møteplasser"), await theme(conn, one, "Trygghet")]
    texts = {body: known for known, body in await read_all(conn, one)}
    await code(conn, one, texts[TEXTS[0]], 1)
    await code(conn, other, texts[TEXTS[1]], 1, 2)
    assert [{"trygghet": "trygg"}] * 3 == await streamed(database)
    await code(conn, one, texts[TEXTS[2]])
    expected = [[], ["tema-1"], ["tema-1", "tema-2"]]
    rows = await streamed(database)
    assert expected == sorted(row["endre"] for row in rows)
    assert not any(text in str(rows) for text in TEXTS)
    await conn.fetchval(store.Q.uncode_text, "provesporsmal", texts[TEXTS[1]], one)
    assert [{"trygghet": "trygg"}] * 3 == await streamed(database)


async def test_themes_merge(pile):
    """A merged theme's texts have the other, once; the merged one takes no more."""
    _owner, conn, one, _other = pile
    await theme(conn, one, "Lys")
    await theme(conn, one, "Belysning")
    text = (await read_all(conn, one))[0][0]
    await code(conn, one, text, 1, 2)
    merge = (store.Q.merge_themes, "provesporsmal", "endre")
    assert await conn.fetchval(*merge, 2, 1, one)
    assert not await conn.fetchval(*merge, 2, 1, one)
    assert not await conn.fetchval(*merge, 1, 1, one)
    row = await conn.fetchrow(store.Q.find_text, "provesporsmal", text, one)
    assert [1] == row["themes"]
    with pytest.raises(asyncpg.CheckViolationError):
        await code(conn, one, text, 2)
    assert 3 == await theme(conn, one, "belysning")
    assert await theme(conn, one, "Lys") is None


async def test_nobody_approves_their_own_words(pile):
    """A paraphrase needs a second person, is decided once, and the log keeps both."""
    owner, conn, one, other = pile
    text = (await read_all(conn, one))[0][0]
    made = await conn.fetchval(store.Q.propose_paraphrase, "provesporsmal", text, "Mer grønt", one)
    review = (store.Q.review_paraphrase, "provesporsmal", made, "approved")
    said = [await conn.fetchval(*review, actor) for actor in (one, other, other)]
    logged = await owner.fetch(
        "select l.act, s.login from paraphrase_log l join staff_account s on s.id = l.actor"
        " order by l.number"
    )
    assert ["own", "done", "gone"] == said
    assert [("proposed", one), ("approved", other)] == [tuple(row) for row in logged]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.execute("update paraphrase_log set body = ''")
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("update paraphrase set reviewer = author")


def test_a_pile_is_for_closed_real_waves():
    """The sample is never coded, nor a wave that is open or has its pile."""

    def wave(state, number=1):
        late = datetime.datetime(2026, 5, 4, tzinfo=datetime.UTC)
        return Wave("gata", number, number == 0, state, 1, None, None, late, None)

    states = ("draft", "open", "closed", "releasing", "released")
    may = [state for state in states if coding.may_start(wave(state), [])]
    assert ["closed", "releasing", "released"] == may
    assert not coding.may_start(wave("closed", 0), [])
    assert not coding.may_start(wave("closed"), [coding.Pile("gata", 1, "endre", 2, 0)])


async def test_the_text_as_written_is_never_stored(database, open_wave):
    """What the resident door hands in is masked, says so, and is the same when sent again."""
    owner = await database.connect("owner")
    texts = (
        Text(name="endre", label="Hva vil du endre?"),
        Group(name="side", items=[Text(name="annet", label="Noe mer?")]),
    )
    survey = Survey(
        **dict.fromkeys(("version", "title", "summary", "owner"), "1"),
        intro=["1"],
        thanks=["1"],
        languages=["nb"],
        id=open_wave.survey,
        source="nb",
        mode="anonymous",
        audience="adults",
        minutes=1,
        items=[Group(name="gata", items=list(texts), page=True)],
        streets=["Skiringssal"],
    )
    draft = Draft(open_wave.survey, 1, 1, b"t" * 16, 0, 1, {}, [])
    answers = {"endre": "Kari Hansen, 01019010046, lys i Skiringssal 4!", "annet": "Benker"}
    pool = await open_pool(database.config, "resident", size=1)
    async with pool:
        send = (Inbox(pool), draft, answering.make_ready(lay_out(survey), answers), "nb")
        said = [await answering.hand_in(*send), await answering.hand_in(*send)]
    row = await owner.fetchrow("select texts, masking from answer")
    stored = {"endre": "[navn], [fødselsnummer], lys i [adresse]!", "annet": "Benker"}
    assert ["stored", "repeated"] == said
    assert (stored, RULES) == (row["texts"], row["masking"])
