"""What people type at the staff door, as structs, with one complaint a field."""

from __future__ import annotations

from litestar.datastructures import FormMultiDict
from msgspec import Struct

from stemme.i18n import lazy as _
from stemme.staff import rules
from stemme.staff.model import Role

Complaints = dict[str, str]
"""Field name to what would be right; empty when all is well."""


class SignIn(Struct, frozen=True):
    login: str
    password: str


class NewAccount(Struct, frozen=True):
    login: str
    password: str


def text(form: FormMultiDict, name: str) -> str:
    """A field as text; a file, or nothing, is empty."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def read_sign_in(form: FormMultiDict) -> tuple[SignIn, Complaints]:
    """A login and a password; the only complaint is that one is missing."""
    given = SignIn(rules.tidy_login(text(form, "login")), text(form, "password"))
    complaints: Complaints = {}
    if not given.login:
        complaints["login"] = _("Skriv brukernavnet ditt.")
    if not given.password:
        complaints["password"] = _("Skriv passordet ditt.")
    return given, complaints


def read_new_account(form: FormMultiDict) -> tuple[NewAccount, Complaints]:
    """The login and the password someone chooses, the password typed twice."""
    given = NewAccount(rules.tidy_login(text(form, "login")), text(form, "password"))
    complaints: Complaints = {}
    if not rules.is_login(given.login):
        complaints["login"] = _(
            "Brukernavnet må ha 3 til 64 tegn: små bokstaver a til z, tall, punktum, bindestrek, @."
        )
    fault = rules.password_fault(given.password, given.login)
    if fault == "short":
        complaints["password"] = _(
            "Passordet må ha minst tolv tegn. Flere ord etter hverandre er bra."
        )
    elif fault == "long":
        complaints["password"] = _("Passordet kan ha høyst 200 tegn.")
    elif fault == "login":
        complaints["password"] = _("Passordet er for likt brukernavnet. Velg et annet.")
    elif text(form, "again") != given.password:
        complaints["again"] = _("De to passordene er ikke like. Skriv dem på nytt.")
    return given, complaints


def read_roles(form: FormMultiDict) -> tuple[tuple[Role, ...], Complaints]:
    """The roles ticked for a colleague: at least one we know."""
    values = [value for value in form.getall("roles", []) if isinstance(value, str)]
    roles = rules.tidy_roles(values)
    if not roles or len(roles) != len(set(values)):
        return roles, {"roles": _("Velg minst én rolle.")}
    return roles, {}
