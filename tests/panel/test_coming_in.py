"""A member comes in by the code on a card, in any language, and out again."""

from __future__ import annotations

import pytest

from stemme.i18n import LANGUAGES
from stemme.panel.service import coming_in, members


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_the_way_in_speaks_every_language(room, lang):
    """The sign-in page of members has all eleven languages, pages of the office their three."""
    browser = room.browser()
    page = await browser.get(f"/{lang}/panel/sign-in")
    assert 200 == page.status_code
    assert f'<html lang="{lang}" dir="{LANGUAGES[lang].dir}"' in page.text
    office = await browser.get(f"/{lang}/sign-in")
    assert (200 if lang in ("nb", "nn", "en") else 404) == office.status_code


async def test_a_code_opens_however_it_is_typed(room):
    """Small letters, spaces and hyphens make no difference; the cookie is the browser's alone."""
    browser = room.browser()
    typed = " ".join(room.codes["Medlem 1"].lower())
    way = "/ar/panel/sign-in"
    answer = await browser.send(way, way, code=typed)
    assert (303, "/ar/panel/vote") == (answer.status_code, answer.headers["location"])
    kept = next(line for line in answer.headers.get_list("set-cookie") if "stemme_panel" in line)
    assert all(word in kept for word in ("HttpOnly", "SameSite=strict", "Path=/"))
    again = await browser.get(way)
    assert (303, "/ar/panel/vote") == (again.status_code, again.headers["location"])


async def test_out_is_out_everywhere(room):
    """Signing out ends the session on the server: an old cookie opens nothing."""
    browser = await room.sign_in("Medlem 1")
    kept = dict(browser.client.cookies)
    me = await browser.get("/panel/api/me")
    token = me.json()["csrf"]
    answer = await browser.client.post("/nb/panel/sign-out", data={"_csrf": token})
    assert 303 == answer.status_code
    other = room.browser()
    other.client.cookies.update(kept)
    assert 401 == (await other.get("/panel/api/me")).status_code


async def test_a_wrong_code_is_refused_and_counted(room):
    """Ten wrong codes from a browser stop it for a while; another one still gets in."""
    browser = room.browser()
    way = "/nb/panel/sign-in"
    answers = [
        (await browser.send(way, way, code="CFGH-2345-JMPQ-6789")).status_code
        for _ in range(coming_in.OF_A_BROWSER + 1)
    ]
    assert [422] * coming_in.OF_A_BROWSER + [429] == answers
    await room.sign_in("Medlem 1")


async def test_a_new_card_ends_the_old_one_and_its_sessions(room):
    """After a new code neither the old one nor a phone that was signed in by it is let in."""
    finder = await room.sign_in("Medlem 1")
    await members.make_code(room.conn, room.config, None, room.panel, room.members["Medlem 1"])
    assert 401 == (await finder.get("/panel/api/me")).status_code
    with pytest.raises(coming_in.CodeRefused):
        await coming_in.sign_in(room.conn, room.config, room.codes["Medlem 1"], "b")


async def test_only_digests_are_kept(room):
    """Neither a code nor a session's token stands in the database, and no time of signing in."""
    browser = await room.sign_in("Medlem 1")
    token = browser.client.cookies["stemme_panel"]
    kept = [
        repr([dict(row) for row in await room.owner.fetch(f"select * from {table}")])
        for table in ("panel_code", "panel_session", "panel_member", "panel_attempt", "audit_log")
    ]
    assert not any(secret in "".join(kept) for secret in (token, *room.codes.values()))
    types = await room.owner.fetch(
        "select distinct data_type from information_schema.columns"
        " where table_name in ('panel_session', 'panel_member', 'panel_code', 'vote_roll')"
        " and data_type like 'timestamp%'"
    )
    assert [] == types


async def test_a_flood_of_wrong_codes_keeps_no_member_out(room):
    """Somebody who tries codes from everywhere is stopped; a right code still opens."""
    await room.owner.execute(
        "insert into panel_attempt (tried) select sha256(n::text::bytea)"
        " from generate_series(1, 2000) n"
    )
    way = "/nb/panel/sign-in"
    assert 429 == (await room.browser().send(way, way, code="2222-2222-2222-2222")).status_code
    assert 200 == (await (await room.sign_in("Medlem 1")).get("/panel/api/me")).status_code
    assert 2000 == await room.owner.fetchval("select count(*) from panel_attempt")


async def test_another_site_cannot_sign_a_member_out(room):
    """Without the token of the session nothing a member could do is done."""
    browser = await room.sign_in("Medlem 1")
    assert 403 == (await browser.client.post("/nb/panel/sign-out", data={})).status_code
    assert 200 == (await browser.get("/panel/api/me")).status_code
