"""What the staff door allows, without a database."""

from __future__ import annotations

import datetime
import itertools
import uuid

import pytest

from stemme.staff import rules
from stemme.staff.model import ROLES, Account, Role

NOW = datetime.datetime(2026, 5, 4, 12, 0, tzinfo=datetime.UTC)


def account(*roles: Role, closed: bool = False) -> Account:
    return Account(uuid.uuid4(), "kari", roles, NOW, NOW if closed else None)


@pytest.mark.parametrize(
    ("expected", "password"),
    [
        ("short", ""),
        ("short", "elleve tegn"),
        (None, "tolv tegn er"),
        (None, "korrekt hest batteri stift"),
        ("long", "a" * 201),
        (None, "a b" * 60),
        ("login", "kari.nordmann"),
        ("login", "Kari.Nordmann1"),
        ("login", "kari.nordmannkari.nordmann"),
        (None, "kari.nordmann liker tog"),
    ],
)
def test_password_policy(expected: str | None, password: str) -> None:
    """A password has twelve signs or more and is not the login with a little on the side."""
    assert expected == rules.password_fault(password, "kari.nordmann")


@pytest.mark.parametrize(
    ("expected", "login"),
    [
        (True, "kari"),
        (True, "kari.nordmann@larvik.kommune.no"),
        (True, "abc"),
        (False, "ab"),
        (False, ""),
        (False, "kari nordmann"),
        (False, "Kari"),
        (False, "kåri"),
        (False, "kari\x00"),
        (False, "kari\n"),
        (False, "-kari"),
        (False, "a" * 65),
    ],
)
def test_logins(expected: bool, login: str) -> None:
    """A login is a plain name or an e-mail address in lower case."""
    assert expected == rules.is_login(login)


def test_login_is_tidied() -> None:
    """Someone who types a capital letter or a space is still the same person."""
    assert "kari@larvik.no" == rules.tidy_login("  Kari@Larvik.NO ")


@pytest.mark.parametrize(
    ("expected", "mine", "everyones"),
    [(True, 0, 0), (True, 4, 4), (False, 5, 5), (True, 0, 199), (False, 0, 200), (False, 9, 999)],
)
def test_attempts(expected: bool, mine: int, everyones: int) -> None:
    """Five failures for a login, or two hundred for all, close the door for fifteen minutes."""
    assert expected == rules.may_attempt(mine, everyones)


def test_roles_matrix() -> None:
    """A role lets through exactly who has it; no role asked lets through any open account."""
    for has, wanted in itertools.product(ROLES, ROLES):
        assert (has == wanted) == rules.may(account(has), [wanted])
        assert not rules.may(account(has, closed=True), [wanted])
        assert rules.may(account(has), [])
    assert rules.may(account("facilitator", "analyst"), ["analyst", "admin"])
    assert not rules.may(account("admin", closed=True), [])


def test_unknown_roles_are_left_out() -> None:
    """A forged role is nobody's role."""
    assert ("analyst", "admin") == rules.tidy_roles(["admin", "owner", "analyst", "admin"])


def test_nobody_closes_their_own_account() -> None:
    """An administrator cannot close their own account, even with another one about."""
    me, other = account("admin"), account("admin")
    assert not rules.may_close(me, me, [me, other])
    assert rules.may_close(other, me, [me, other])


def test_last_administrator_stays() -> None:
    """Two who close each other at the same time leave one: the last cannot be closed."""
    gone, last = account("admin", closed=True), account("admin")
    assert not rules.may_close(last, gone, [gone, last])
