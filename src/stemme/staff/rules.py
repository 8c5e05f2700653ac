"""What the staff door allows: passwords, the length of a session, attempts, roles."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from stemme.staff.model import ROLES, Account, Role

SESSION = datetime.timedelta(hours=12)
INVITATION = datetime.timedelta(days=7)
KNOWN = datetime.timedelta(days=180)
"""How long a browser is known after a sign-in."""

ATTEMPT_WINDOW = datetime.timedelta(minutes=15)
ATTEMPTS_A_LOGIN = 5
ATTEMPTS_IN_ALL = 200
"""Stops one password tried on every login; high enough that an office mistyping never meets it."""

PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 200
"""Hashing a longer one costs us and protects nobody."""

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{1,62}[a-z0-9])")


def tidy_login(text: str) -> str:
    """The login as it is stored: lower case, no space around it."""
    return text.strip().lower()


def is_login(login: str) -> bool:
    """Whether a tidy login can be used: 3–64 signs, an e-mail address or a name."""
    return _LOGIN.fullmatch(login) is not None


def password_fault(password: str, login: str) -> str | None:
    """None, or why a password cannot be used: 'short', 'long' or 'login' (it contains the login).

    Length before variety, and no forced signs: NIST SP 800-63B-4, section 3.1.1.2.
    """
    if len(password) < PASSWORD_SHORTEST:
        return "short"
    if len(password) > PASSWORD_LONGEST:
        return "long"
    rest = password.lower().replace(login.lower(), "") if login else password
    return "login" if len(rest) < PASSWORD_SHORTEST // 2 else None


def may_attempt(mine: int, everyones: int) -> bool:
    """Whether one more sign-in may be tried after so many failures in the last window."""
    return mine < ATTEMPTS_A_LOGIN and everyones < ATTEMPTS_IN_ALL


def may(account: Account, roles: Iterable[Role]) -> bool:
    """Whether an open account has one of the roles; an empty list asks only for a sign-in."""
    wanted = set(roles)
    return account.closed_at is None and (not wanted or not wanted.isdisjoint(account.roles))


def tidy_roles(values: Iterable[str]) -> tuple[Role, ...]:
    """The known roles among the values, each once, in the order of the role list."""
    given = set(values)
    return tuple(role for role in ROLES if role in given)


def may_close(account: Account, by: Account, accounts: Iterable[Account]) -> bool:
    """Whether `by` may close the account: never one's own, and never the last administrator's."""
    if account.closed_at is not None or account.id == by.id:
        return False
    return any(
        other.id != account.id and other.closed_at is None and "admin" in other.roles
        for other in accounts
    )
