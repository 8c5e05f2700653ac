"""What an author does with the secret link, and what withdrawing leaves behind: nothing."""

from __future__ import annotations

import pytest

from stemme.proposals import store
from stemme.proposals.model import Text
from stemme.surveys.service.answering import receipt_of

from .conftest import BENCH, LIGHT, SLUG, photo, show

TOKEN, OTHER = b"a" * 16, b"b" * 16


def mine(token: bytes) -> str:
    return f"/nb/proposals/{SLUG}/mine/{token.hex()}"


@pytest.mark.parametrize("token", ["00" * 16, "zz" * 16, "00", "٠" * 32])
async def test_a_wrong_link_is_not_found(phone, token):
    """Whoever guesses gets nothing."""
    one = phone()
    assert 404 == (await one.get(f"{one.path}/mine/{token}")).status


async def test_a_change_is_a_version_that_waits(propose, phone, office):
    """What is shown stays until the change was read; then everyone sees what differs."""
    id_ = await propose(TOKEN)
    one = phone()
    await one.post(mine(TOKEN), do="change")
    assert ("Hva og hvorfor", True) == (one.heading, BENCH.what in one.page)
    await one.press("next", title=BENCH.title, what="Fire benker der stien svinger.")
    await one.press("next")
    await one.press("send")
    assert 200 == one.status
    await one.get(f"{one.path}/{id_}")
    assert (BENCH.what in one.page, "Fire benker" in one.page) == (True, False)
    assert "Den forrige utgaven blir stående så lenge." in (await one.get(mine(TOKEN))).page
    await show(office, id_, 2)
    assert "Fire benker" in (await one.get(f"{one.path}/{id_}")).page
    await one.get(f"{one.path}/{id_}/versions")
    assert "<del>" in one.page.replace('<span class="ds-sr-only">', "")
    assert "Tre</del>" in one.page
    assert "Fire</ins>" in one.page


async def test_any_two_versions(propose, phone, office, door):
    """With three versions, any two are held against each other."""
    id_ = await propose(TOKEN)
    for number, what in ((1, "Fire benker her."), (2, "Fem benker her.")):
        key = (SLUG, receipt_of(TOKEN), receipt_of(bytes([number]) * 16))
        said = await store.append_version(door, key, number, "nb", Text("Benker", what))
        assert "stored" == said
        await show(office, id_, number + 1)
    one = phone()
    await one.get(f"{one.path}/{id_}/versions?before=1&after=3")
    assert ("Tre" in one.page, "Fem" in one.page, "Fire</" in one.page) == (True, True, False)
    assert 200 == (await one.get(f"{one.path}/{id_}/versions?before=9&after=-1")).status
    assert 400 == (await one.get(f"{one.path}/{id_}/versions?before=x")).status


async def test_two_authors_at_once(propose, door):
    """Of two changes of the same version the second is told; the same change again is one."""
    await propose(TOKEN)
    receipt = receipt_of(TOKEN)
    first, second = (SLUG, receipt, b"1" * 32), (SLUG, receipt, b"2" * 32)
    changed = Text("Benker", "Fire benker.")
    said = [await store.append_version(door, first, 1, "nb", changed) for _ in range(2)]
    said.append(await store.append_version(door, second, 1, "nb", changed))
    said.append(await store.append_version(door, first, 1, "nb", LIGHT))
    assert ["stored", "repeated", "moved", "conflict"] == said


async def test_an_invitation_makes_one_co_author(propose, phone):
    """A link makes one more author, once; both may change the proposal."""
    id_ = await propose(TOKEN)
    one, friend, third = phone(), phone(), phone()
    await one.post(mine(TOKEN), do="invite")
    invitation = next(part for part in one.page.split('"') if "/join/" in part)
    path = invitation[invitation.index("/nb/") :]
    await friend.get(path)
    assert BENCH.title in friend.page
    key = friend.key
    await friend.post(path, key=key)
    link = friend.link
    assert ("Du er medforfatter", link) == (friend.heading, (await friend.post(path, key=key)).link)
    assert 410 == (await third.get(path)).status
    assert 410 == (await third.post(path, key="ab" * 16)).status
    await friend.post(link, do="change")
    assert "Hva og hvorfor" == friend.heading
    assert "2 forfattere" in (await one.get(f"{one.path}/{id_}")).page


async def test_ten_invitations_wait_at_most(propose, phone):
    """An author cannot make invitations without end."""
    await propose(TOKEN)
    one = phone()
    said = [(await one.post(mine(TOKEN), do="invite")).status for _ in range(11)]
    assert [200] * 10 + [409] == said


async def test_authors_join_by_agreeing(propose, phone):
    """One wishes, the other agrees: then both links lead to the one that agreed last."""
    bench, light = await propose(TOKEN), await propose(OTHER, LIGHT)
    one, friend = phone(), phone()
    await one.post(mine(TOKEN), do="join", other=str(light))
    assert "Vi venter på svar:" in (await one.get(mine(TOKEN))).page
    await friend.get(mine(OTHER))
    assert "vil slå det sammen med ditt:" in friend.page
    await friend.post(mine(OTHER), do="join", other=str(bench))
    assert "Det du skrev, er slått sammen" in (await one.get(mine(TOKEN))).page
    assert LIGHT.title in one.page
    await one.get(f"{one.path}/{bench}")
    assert "Dette forslaget er slått sammen med:" in one.page


async def test_withdrawing_deletes_every_word(phone, owner):
    """Versions, picture, comments and questions are gone at once, and their bytes soon after."""
    one = phone()
    await one.get(f"{one.path}/new")
    await one.press("next", title=BENCH.title, what=BENCH.what)
    await one.press("next", picture=photo(), alt="En sti")
    link = (await one.press("send")).link
    assert "Da sletter vi all tekst" in (await one.get(link)).page
    assert "Forslaget ditt" == (await one.post(link, do="withdraw")).heading
    await one.post(link, do="withdraw", sure="1")
    assert "Alt du hadde skrevet her, er slettet." in one.page
    left = [
        await owner.fetchval(f"select count(*) from proposal_{name}")
        for name in ("version", "picture", "comment", "question")
    ]
    assert ([0] * 4, 1) == (left, await owner.fetchval("select count(*) from answer_rewrite"))
    await one.get(link)
    assert "Alt du hadde skrevet her, er slettet." in one.page
    assert 410 == (await one.post(link, do="withdraw", sure="1")).status


async def test_leaving_what_others_are_authors_of(propose, door, owner):
    """Whoever leaves is no author any more; the words stay with the others, the last one's go."""
    bench = await propose(TOKEN)
    light = await propose(OTHER, LIGHT)
    await owner.execute(
        "update proposal set state = 'merged', merged_into = $1 where id = $2", bench, light
    )
    assert "left" == await store.withdraw(door, SLUG, receipt_of(TOKEN))
    assert None is await store.find_own(door, SLUG, receipt_of(TOKEN))
    assert bench == (await store.find_own(door, SLUG, receipt_of(OTHER))).id
    assert "withdrawn" == await store.withdraw(door, SLUG, receipt_of(OTHER))
    assert 0 == await owner.fetchval("select count(*) from proposal_version")


async def test_nothing_changes_once_there_is_a_vote(propose, door, owner, to_phase):
    """From the vote on the words stand: no version, no comment, no joining, no withdrawing."""
    id_ = await propose(TOKEN)
    other = await propose(OTHER, LIGHT)
    await to_phase("collect", "vote")
    receipt = receipt_of(TOKEN)
    said = [
        await store.append_version(door, (SLUG, receipt, b"1" * 32), 1, "nb", LIGHT),
        await store.append_comment(door, SLUG, id_, b"c" * 32, ("nb", "Bra!")),
        await store.wish_merge(door, SLUG, receipt, other),
        await store.invite_author(door, SLUG, receipt, b"i" * 32),
        await store.withdraw(door, SLUG, receipt),
        await store.append_picture(door, SLUG, b"p" * 16, (1, 1), b"x"),
    ]
    assert ["closed"] * 6 == said
    assert 2 == await owner.fetchval("select count(*) from proposal_version")


async def test_a_comment_is_read_first(propose, phone, office, owner):
    """A comment waits, is shown, and can be deleted by whoever wrote it."""
    id_ = await propose(TOKEN)
    one = phone()
    path = f"{one.path}/{id_}"
    await one.get(path)
    key = one.key
    await one.post(path, key=key, comment="  ")
    assert (422, True, key) == (one.status, "comment-error" in one.page, one.key)
    await one.post(path, key=key, comment="Bra idé!")
    link = one.link
    assert link == (await one.post(path, key=key, comment="Bra idé!")).link
    assert 409 == (await one.post(path, key=key, comment="Dårlig idé!")).status
    assert "Dårlig idé!" in one.page
    assert "Bra idé!" not in (await one.get(path)).page
    comment = (await store.list_all_comments(office, SLUG))[0]
    shown = store.Verdict("shown")
    assert await store.judge_comment(office, SLUG, comment.id, "waiting", shown)
    assert "Bra idé!" in (await one.get(path)).page
    assert "Alle kan lese den." in (await one.get(link)).page
    await one.post(link, do="withdraw-comment")
    assert 0 == await owner.fetchval("select count(*) from proposal_comment")
    assert 404 == (await one.get(link)).status


async def test_late_words_stand_on_the_page(propose, phone, to_phase):
    """A comment that comes too late is told so, and is not lost."""
    id_ = await propose(TOKEN)
    one = phone()
    path = f"{one.path}/{id_}"
    await one.get(path)
    key = one.key
    await to_phase("collect", "vote")
    await one.post(path, key=key, comment="Bra idé!")
    assert 410 == one.status
    assert ("Fristen er ute." in one.page, "Bra idé!" in one.page) == (True, True)


async def test_what_is_not_shown_is_nobodys(propose, phone, door):
    """A proposal that waits has no page, no picture and no comments."""
    id_ = await propose(TOKEN, shown=False)
    one = phone()
    for path in (f"{one.path}/{id_}", f"{one.path}/{id_}/versions"):
        assert 404 == (await one.get(path)).status
    assert BENCH.title not in (await one.get(one.path)).page
    said = await store.append_comment(door, SLUG, id_, b"c" * 32, ("nb", "Bra!"))
    assert "closed" == said
