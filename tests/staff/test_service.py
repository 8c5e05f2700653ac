"""Letting people in and out, on a real database."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator

import asyncpg
import pytest

from stemme.errors import Forbidden, NotFound
from stemme.staff import rules, service
from stemme.staff.model import Account, Browser, Role
from stemme.staff.service import InvitationGone, LoginTaken, SignInRefused, TooManyAttempts

PASSWORD = "korrekt hest batteri"
BASE = "https://kontor.example"


@pytest.fixture
async def conn(database) -> AsyncIterator[asyncpg.Connection]:
    connection = await database.connect("staff")
    yield connection
    await connection.close()


async def invited(conn: asyncpg.Connection, *roles: Role) -> str:
    link = await service.invite(conn, roles, base_url=BASE)
    return link.rsplit("/", 1)[1]


async def member(conn: asyncpg.Connection, login: str, *roles: Role) -> Account:
    token = await invited(conn, *roles)
    _session, seen = await service.accept_invitation(
        conn, token, login, PASSWORD, service.utc_now()
    )
    return seen.account


async def acts(conn: asyncpg.Connection) -> list[tuple[str, str, str]]:
    entries = await service.list_entries(conn)
    return [(entry.login, entry.act, entry.subject) for entry in reversed(entries)]


async def test_invitation_becomes_an_account_once(conn) -> None:
    """A link gives one account with the roles it was made for, and then nothing."""
    token = await invited(conn, "analyst", "programme")
    now = service.utc_now()
    assert ("analyst", "programme") == await service.fetch_invitation(conn, token, now)
    _session, seen = await service.accept_invitation(conn, token, "kari", PASSWORD, now)
    assert ("kari", ("analyst", "programme")) == (seen.account.login, seen.account.roles)
    with pytest.raises(InvitationGone):
        await service.accept_invitation(conn, token, "ola", PASSWORD, now)
    assert ["kari"] == [account.login for account in await service.list_accounts(conn)]


async def test_two_accept_one_invitation(database) -> None:
    """Of two people with the same link at the same moment, one gets in."""
    first, second = await database.connect("staff"), await database.connect("staff")
    token = await invited(first, "admin")
    now = service.utc_now()
    results = await asyncio.gather(
        service.accept_invitation(first, token, "kari", PASSWORD, now),
        service.accept_invitation(second, token, "ola", PASSWORD, now),
        return_exceptions=True,
    )
    assert 1 == sum(isinstance(result, InvitationGone) for result in results)
    assert 1 == len(await service.list_accounts(first))
    await first.close()
    await second.close()


async def test_invitation_expires(conn) -> None:
    """After seven days the link is nothing."""
    token = await invited(conn, "admin")
    later = service.utc_now() + rules.INVITATION
    with pytest.raises(InvitationGone):
        await service.fetch_invitation(conn, token, later)
    with pytest.raises(InvitationGone):
        await service.accept_invitation(conn, token, "kari", PASSWORD, later)


async def test_taken_login_keeps_the_invitation(conn) -> None:
    """Someone who picks a login that is taken can pick another with the same link."""
    await member(conn, "kari", "admin")
    token = await invited(conn, "analyst")
    now = service.utc_now()
    with pytest.raises(LoginTaken):
        await service.accept_invitation(conn, token, "kari", PASSWORD, now)
    _session, seen = await service.accept_invitation(conn, token, "kari2", PASSWORD, now)
    assert ("analyst",) == seen.account.roles


async def test_neither_tokens_nor_passwords_are_stored(conn) -> None:
    """What the database keeps gives no way in."""
    token = await invited(conn, "admin")
    session, _seen = await service.accept_invitation(
        conn, token, "kari", PASSWORD, service.utc_now()
    )
    kept = ""
    for table in ("staff_invitation", "staff_session", "staff_account", "audit_log"):
        rows = await conn.fetch(f"select * from {table}")
        kept += repr([dict(row) for row in rows])
    assert [False] * 3 == [secret in kept for secret in (token, session, PASSWORD)]


async def test_sign_in_and_out(conn) -> None:
    """A session lives from sign-in to sign-out, and its token is new each time."""
    account = await member(conn, "kari", "admin")
    now = service.utc_now()
    token, seen = await service.sign_in(conn, "kari", PASSWORD, now)
    assert account == seen.account
    assert seen == await service.find_visit(conn, token, now)
    other, _seen = await service.sign_in(conn, "kari", PASSWORD, now, Browser(token))
    assert other != token
    assert None is await service.find_visit(conn, token, now)
    await service.sign_out(conn, other)
    assert None is await service.find_visit(conn, other, now)


async def test_session_ends_after_twelve_hours(conn) -> None:
    """Twelve hours after sign-in nobody is signed in, busy or not."""
    await member(conn, "kari", "admin")
    now = service.utc_now()
    token, _seen = await service.sign_in(conn, "kari", PASSWORD, now)
    just_before = now + rules.SESSION - datetime.timedelta(seconds=1)
    assert None is not await service.find_visit(conn, token, just_before)
    assert None is await service.find_visit(conn, token, now + rules.SESSION)


@pytest.mark.parametrize("login", ["kari", "ukjent", "", "kari\x00", "' or 1=1 --", "a" * 10_000])
async def test_wrong_sign_in_is_one_answer(conn, login: str) -> None:
    """A wrong password and an unknown login get the same answer, and no login is written down."""
    await member(conn, "kari", "admin")
    with pytest.raises(SignInRefused):
        await service.sign_in(conn, login, "feil passord her", service.utc_now())
    assert ("kari" if login == "kari" else "", "sign_in_refused", "") == (await acts(conn))[-1]


async def test_unknown_login_costs_a_hash(conn, monkeypatch) -> None:
    """An unknown login is checked against a hash with the same cost as a real one."""
    checked = []
    verify = service._verify
    monkeypatch.setattr(service, "_verify", lambda h, p: checked.append(h) or verify(h, p))
    await member(conn, "kari", "admin")
    for login in ("kari", "ukjent"):
        with pytest.raises(SignInRefused):
            await service.sign_in(conn, login, "feil passord her", service.utc_now())
    known, unknown = (hashed.split("$") for hashed in checked)
    assert known[:4] == unknown[:4]
    assert [len(part) for part in known] == [len(part) for part in unknown]


async def test_five_failures_close_the_door_for_that_login(conn) -> None:
    """The sixth try is refused even with the right password; after fifteen minutes it is taken."""
    await member(conn, "kari", "admin")
    await member(conn, "ola", "admin")
    now = service.utc_now()
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await service.sign_in(conn, "kari", "feil passord her", now)
    with pytest.raises(TooManyAttempts):
        await service.sign_in(conn, "kari", PASSWORD, now)
    await service.sign_in(conn, "ola", PASSWORD, now)
    await service.sign_in(conn, "kari", PASSWORD, now + rules.ATTEMPT_WINDOW)


async def test_many_failures_at_once_are_counted(database) -> None:
    """Ten guesses at the same moment get five tries, not ten."""
    conns = [await database.connect("staff") for _ in range(10)]
    await member(conns[0], "kari", "admin")
    now = service.utc_now()
    results = await asyncio.gather(
        *(service.sign_in(conn, "kari", "feil passord her", now) for conn in conns),
        return_exceptions=True,
    )
    assert (5, 5) == (
        sum(isinstance(result, SignInRefused) for result in results),
        sum(isinstance(result, TooManyAttempts) for result in results),
    )
    for conn in conns:
        await conn.close()


async def test_success_forgets_the_failures(conn) -> None:
    """Four mistakes and then in: the next mistakes are counted from nothing."""
    await member(conn, "kari", "admin")
    now = service.utc_now()
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(SignInRefused):
                await service.sign_in(conn, "kari", "feil passord her", now)
        await service.sign_in(conn, "kari", PASSWORD, now)
    assert 0 == await conn.fetchval("select count(*) from staff_attempt")


async def test_global_cap(conn, monkeypatch) -> None:
    """One password tried on every login meets the cap for all."""
    monkeypatch.setattr(rules, "ATTEMPTS_IN_ALL", 3)
    now = service.utc_now()
    for name in ("a", "b", "c"):
        with pytest.raises(SignInRefused):
            await service.sign_in(conn, f"ukjent-{name}", "feil passord her", now)
    with pytest.raises(TooManyAttempts):
        await service.sign_in(conn, "ukjent-d", "feil passord her", now)


async def test_closed_account_is_out_at_once(conn) -> None:
    """Closing an account ends its sessions and its sign-in; opening it again gives the latter."""
    admin = await member(conn, "kari", "admin")
    await member(conn, "ola", "analyst")
    now = service.utc_now()
    token, seen = await service.sign_in(conn, "ola", PASSWORD, now)
    await service.close_account(conn, admin, seen.account.id, now)
    assert None is await service.find_visit(conn, token, now)
    with pytest.raises(SignInRefused):
        await service.sign_in(conn, "ola", PASSWORD, now)
    await service.reopen_account(conn, admin, seen.account.id)
    await service.sign_in(conn, "ola", PASSWORD, now)
    with pytest.raises(NotFound):
        await service.reopen_account(conn, admin, seen.account.id)


async def test_two_administrators_close_each_other(database) -> None:
    """When two administrators close each other at once, one of them is still there."""
    first, second = await database.connect("staff"), await database.connect("staff")
    kari, ola = await member(first, "kari", "admin"), await member(first, "ola", "admin")
    now = service.utc_now()
    await asyncio.gather(
        service.close_account(first, kari, ola.id, now),
        service.close_account(second, ola, kari.id, now),
        return_exceptions=True,
    )
    assert 1 == sum(one.closed_at is None for one in await service.list_accounts(first))
    with pytest.raises(Forbidden):
        await service.close_account(first, kari, kari.id, now)
    await first.close()
    await second.close()


async def test_every_act_is_in_the_log(conn) -> None:
    """The log has who did what to whom, in order."""
    admin = await member(conn, "kari", "admin")
    await service.invite(conn, ("analyst",), base_url=BASE, actor=admin.id)
    ola = await member(conn, "ola", "analyst")
    now = service.utc_now()
    token, _seen = await service.sign_in(conn, "ola", PASSWORD, now)
    await service.sign_out(conn, token)
    await service.close_account(conn, admin, ola.id, now)
    await service.reopen_account(conn, admin, ola.id)
    expected = [
        ("", "invite", ""),
        ("kari", "accept_invitation", "kari"),
        ("kari", "invite", ""),
        ("", "invite", ""),
        ("ola", "accept_invitation", "ola"),
        ("ola", "sign_in", ""),
        ("ola", "sign_out", ""),
        ("kari", "close_account", "ola"),
        ("kari", "reopen_account", "ola"),
    ]
    assert expected == await acts(conn)


@pytest.mark.parametrize("role", ["staff", "owner"])
@pytest.mark.parametrize(
    "sql",
    [
        "update audit_log set act = 'nothing'",
        "delete from audit_log",
        "truncate audit_log",
    ],
)
async def test_the_log_is_append_only(database, role: str, sql: str) -> None:
    """Nobody changes or removes a line of the log, the owner's statements included."""
    conn = await database.connect(role)
    await service.audit(conn, None, "test")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.execute(sql)
    assert 1 == len(await service.list_entries(conn))
    await conn.close()
