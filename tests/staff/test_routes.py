"""The staff door over HTTP: in and out, tokens, cookies, roles."""

from __future__ import annotations

import datetime
import re
import uuid
from urllib.parse import urlsplit

import pytest

from stemme.config import load
from stemme.doors.staff import create_app
from stemme.panel.doorkeeper import is_for_members
from stemme.staff import doorkeeper, rules, service
from stemme.staff.model import ROLES

PASSWORD = "korrekt hest batteri"
NOBODY = uuid.UUID(int=0)
SLUG = "gata"
OFFICE, PLANS, RELEASES = set(ROLES), {"programme", "admin"}, {"analyst", "admin"}

MATRIX = [
    ("GET", "/nb/", OFFICE),
    ("GET", f"/nb/surveys/{SLUG}", OFFICE),
    ("GET", f"/nb/surveys/{SLUG}/poster.svg", OFFICE),
    ("GET", f"/nb/surveys/{SLUG}/poster.pdf", OFFICE),
    ("GET", f"/nb/surveys/{SLUG}/open", OFFICE),
    ("GET", f"/nb/surveys/{SLUG}/close", OFFICE),
    ("GET", f"/nb/surveys/{SLUG}/release", OFFICE),
    ("POST", f"/nb/surveys/{SLUG}/open", PLANS),
    ("POST", f"/nb/surveys/{SLUG}/close", PLANS),
    ("POST", f"/nb/surveys/{SLUG}/release", RELEASES),
    ("GET", "/nb/coding", {"coder"}),
    ("POST", f"/nb/coding/{SLUG}/1/start", {"coder"}),
    ("GET", f"/nb/coding/{SLUG}/1/endre", {"coder"}),
    ("POST", f"/nb/coding/{SLUG}/1/endre", {"coder"}),
    ("GET", f"/nb/codebook/{SLUG}/endre", {"coder"}),
    ("POST", f"/nb/codebook/{SLUG}/endre", {"coder"}),
    ("GET", f"/nb/paraphrases/{SLUG}", {"coder"}),
    ("POST", f"/nb/paraphrases/{SLUG}", {"coder"}),
    ("GET", "/nb/accounts", {"admin"}),
    ("POST", "/nb/accounts", {"admin"}),
    ("POST", f"/nb/accounts/{NOBODY}/close", {"admin"}),
    ("POST", f"/nb/accounts/{NOBODY}/open", {"admin"}),
    ("GET", "/nb/log", {"admin"}),
    ("POST", "/nb/sign-out", OFFICE),
]
EVENING = f"/nb/workshops/{uuid.UUID(int=1)}"
MATRIX += [
    (method, path, {"facilitator", "programme", "admin"})
    for method, path in [
        ("GET", "/nb/workshops"),
        ("GET", "/nb/workshops/new"),
        ("POST", "/nb/workshops/new"),
        ("GET", EVENING),
        ("GET", f"{EVENING}/plan"),
        ("POST", f"{EVENING}/plan"),
        ("POST", f"{EVENING}/open"),
        ("POST", f"{EVENING}/close"),
        ("POST", f"{EVENING}/heads"),
        ("GET", f"{EVENING}/sheets.pdf"),
        ("GET", f"{EVENING}/notes"),
        ("POST", f"{EVENING}/notes"),
        ("GET", f"{EVENING}/after"),
        ("POST", f"{EVENING}/after"),
        ("POST", f"{EVENING}/file"),
        ("POST", f"{EVENING}/minutes"),
        ("GET", f"{EVENING}/photo/{'0' * 32}"),
    ]
]
MATRIX += [
    (method, path, {"analyst"})
    for method, path in [
        ("GET", "/nb/analysis"),
        ("GET", "/nb/analysis/ukjent"),
        ("GET", "/nb/analysis/ukjent/2"),
        ("GET", "/nb/crosstabs/ukjent/2"),
        ("POST", "/nb/crosstabs/ukjent/2"),
        ("GET", "/nb/crosstabs/ukjent/2/table.csv"),
    ]
]
DECISION = f"/nb/decisions/{uuid.UUID(int=2)}"
MATRIX += [
    (method, path, allowed)
    for allowed, pages in [
        (
            OFFICE,
            [
                ("GET", "/nb/inputs"),
                ("GET", "/nb/decisions"),
                ("GET", DECISION),
                ("GET", "/nb/measures"),
                ("GET", "/nb/measures/tiltak"),
                ("GET", "/nb/measures/tiltak/evaluation"),
                ("GET", "/nb/measures/tiltak/picture"),
                ("GET", "/nb/year"),
                ("GET", "/nb/year/1814/plan"),
                ("GET", "/nb/report/1814"),
                ("GET", "/nb/report/1814/draft.pdf"),
                ("GET", "/nb/done/poster.pdf"),
                ("GET", "/nb/dialogues"),
                ("GET", f"/nb/dialogues/{SLUG}"),
                ("GET", "/nb/proposals"),
                ("GET", f"/nb/proposals/{SLUG}"),
                ("GET", f"/nb/proposals/{SLUG}/queue"),
                ("GET", f"/nb/proposals/{SLUG}/7531"),
                ("GET", f"/nb/proposals/{SLUG}/picture/ingen.jpg"),
            ],
        ),
        (
            PLANS,
            [
                ("GET", "/nb/decisions/new"),
                ("POST", "/nb/decisions/save"),
                ("GET", "/nb/measures/new"),
                ("POST", "/nb/measures/new"),
                ("POST", "/nb/measures/tiltak"),
                ("POST", "/nb/measures/tiltak/evaluation"),
                ("POST", "/nb/measures/tiltak/picture"),
                ("POST", "/nb/year/1814/plan"),
                ("POST", "/nb/report/1814"),
                ("POST", "/nb/dialogues"),
                ("POST", "/nb/proposals"),
                ("GET", f"/nb/surveys/{SLUG}/findings"),
                ("POST", f"/nb/surveys/{SLUG}/findings"),
                ("GET", f"/nb/surveys/{SLUG}/findings/uk"),
                ("POST", f"/nb/surveys/{SLUG}/findings/uk"),
            ],
        ),
        (
            PLANS | {"facilitator"},
            [
                ("POST", f"/nb/dialogues/{SLUG}"),
                ("POST", f"/nb/proposals/{SLUG}"),
                ("POST", f"/nb/proposals/{SLUG}/7531"),
            ],
        ),
    ]
    for method, path in pages
]
PANEL = "/nb/panels/ingen"
CARD = f"{PANEL}/members/{uuid.UUID(int=4)}"
MATRIX += [
    (method, path, {"facilitator", "programme", "admin"})
    for method, path in [
        ("GET", "/nb/panels"),
        ("POST", "/nb/panels"),
        ("GET", PANEL),
        ("POST", f"{PANEL}/practise"),
        ("POST", f"{PANEL}/settings"),
        ("POST", f"{PANEL}/cards.pdf"),
        ("GET", f"{PANEL}/members"),
        ("POST", f"{PANEL}/members"),
        ("GET", CARD),
        ("POST", CARD),
        ("POST", f"{CARD}/card.pdf"),
        ("POST", f"{CARD}/leave"),
        ("POST", f"{CARD}/forget"),
        ("GET", f"{PANEL}/votes/new"),
        ("POST", f"{PANEL}/votes/new"),
        ("GET", f"{PANEL}/votes/ukjent-1"),
        ("GET", f"{PANEL}/votes/ukjent-1/plan"),
        ("POST", f"{PANEL}/votes/ukjent-1/plan"),
        ("POST", f"{PANEL}/votes/ukjent-1/do"),
        ("POST", f"{PANEL}/votes/ukjent-1/slips.pdf"),
    ]
]
CALL = "/nb/grants/ingen"
CASE = f"{CALL}/{uuid.UUID(int=5)}"
ENCLOSED = f"{CASE}/file/{uuid.UUID(int=6)}"
SHOWN = f"{CASE}/picture/{uuid.UUID(int=7)}"
MATRIX += [
    *(("GET", path, OFFICE) for path in ("/nb/grants", CALL, CASE, ENCLOSED, SHOWN)),
    ("POST", CASE, OFFICE),
    ("GET", f"{CASE}/letter.pdf", PLANS),
    *((method, path, PLANS) for method in ("GET", "POST") for path in ("/nb/grants/new",)),
    *((method, path, PLANS) for method in ("GET", "POST") for path in (f"{CALL}/edit",)),
    ("POST", CALL, PLANS),
]
OPEN_TO_ALL = {
    "/nb/sign-in",
    "/nb/invite/{token}",
    "/picture/{name}",
    "/",
    "/healthz",
    "/robots.txt",
    "/favicon.ico",
    "/assets",
}


def test_the_matrix_has_every_route() -> None:
    """A new route of the staff door has to say who may use it."""
    patterns = {re.sub(r":\w+", "", path) for path in create_app(load({})).route_handler_method_map}
    patterns = {path.replace("{lang}", "nb") for path in patterns}
    # Members of a panel have addresses of their own, held in tests/panel/test_member_routes.py.
    patterns = {path for path in patterns if not is_for_members(path)}
    known = {
        path.replace(SLUG, "{slug}").replace(str(NOBODY), "{account}") for _, path, _ in MATRIX
    }
    known = {path.replace(ENCLOSED, f"{CASE}/file/{{file}}") for path in known}
    known = {path.replace(SHOWN, f"{CASE}/picture/{{name}}") for path in known}
    known = {path.replace(CASE, f"{CALL}/{{application}}") for path in known}
    known = {path.replace(CALL, "/nb/grants/{call}") for path in known}
    known = {path.replace(CARD, "/nb/panels/{panel}/members/{member}") for path in known}
    known = {path.replace(PANEL, "/nb/panels/{panel}") for path in known}
    known = {path.replace("ukjent-1", "{vote}") for path in known}
    known = {path.replace("/1/", "/{wave}/").replace("/endre", "/{question}") for path in known}
    known = {path.replace(EVENING, "/nb/workshops/{workshop}") for path in known}
    known = {path.replace("0" * 32, "{photo}") for path in known}
    known = {path.replace("7531", "{id_}").replace("ingen.jpg", "{name}") for path in known}
    known = {path.replace("/ukjent", "/{survey}").replace("/2", "/{wave}") for path in known}
    known = {path.replace("table.csv", "{file}") for path in known}
    known = {path.replace(DECISION, "/nb/decisions/{id_}") for path in known}
    known = {path.replace("/tiltak", "/{id_}").replace("/1814", "/{year}") for path in known}
    known = {path.replace("/uk", "/{tongue}") for path in known}
    assert {path.rstrip("/") for path in known | OPEN_TO_ALL} == {
        path.rstrip("/") for path in patterns
    }


@pytest.mark.parametrize("role", [None, *ROLES])
async def test_roles_matrix(door, role) -> None:
    """Every page and every act, for every role and for nobody: let in, sent to sign-in, or 403."""
    person = await (door.member(role) if role else door.browser())
    for method, path, allowed in MATRIX:
        if path == "/nb/sign-out" and role:
            continue
        if method == "GET":
            answer = await person.get(path)
        else:
            page = "/nb/" if role else "/nb/sign-in"
            answer = await person.send(page, path)
        if role is None:
            assert (303, "/nb/sign-in") == (answer.status_code, answer.headers["location"]), path
        elif role in allowed:
            assert answer.status_code not in (401, 403, 500), (path, answer.status_code)
        else:
            assert 403 == answer.status_code, path


async def test_sign_in_and_out(door) -> None:
    """The session is a new token in a cookie no script reads; signing out ends it on the server."""
    await door.member("admin", login="kari")
    person = await door.browser()
    answer = await person.sign_in(" Kari ")
    assert (303, "/nb/") == (answer.status_code, answer.headers["location"])
    cookie = next(
        one for one in answer.headers.get_list("set-cookie") if one.startswith("stemme_staff=")
    )
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    kept = person.client.cookies["stemme_staff"]
    assert 200 == (await person.get("/nb/log")).status_code
    assert 303 == (await person.send("/nb/", "/nb/sign-out")).status_code
    person.client.cookies["stemme_staff"] = kept
    assert 303 == (await person.get("/nb/log")).status_code


async def test_session_fixation(door) -> None:
    """A session planted in a browser is never the one that gets signed in, and ends at sign-in."""
    attacker = await door.member("facilitator", login="mallory")
    planted = attacker.client.cookies["stemme_staff"]
    await door.member("admin", login="kari")
    victim = await door.browser()
    victim.client.cookies["stemme_staff"] = planted
    token = await victim.token("/nb/")
    fields = {"_csrf": token, "login": "kari", "password": PASSWORD}
    assert 303 == (await victim.post("/nb/sign-in", fields)).status_code
    assert planted not in victim.client.cookies.get("stemme_staff", domain="testserver.local")
    assert 303 == (await attacker.get("/nb/")).status_code
    made_up = await door.browser()
    made_up.client.cookies["stemme_staff"] = "valgt-av-en-annen"
    answer = await made_up.get("/nb/")
    assert (303, "/nb/sign-in?ended=1") == (answer.status_code, answer.headers["location"])


async def test_no_act_without_the_token(door) -> None:
    """A post without the session's token changes nothing and gets a plain page, echoing nothing."""
    person = await door.member("admin")
    before = await logged(door)
    fields = {"roles": "admin", "wave": "1", "note": "<hemmelig>"}
    for method, path, _allowed in MATRIX:
        for token in (None, "", "feil", "æøå", "x" * 5000) if method == "POST" else ():
            answer = await person.post(path, fields | ({} if token is None else {"_csrf": token}))
            assert 403 == answer.status_code
            assert "Ingenting er endret" in answer.text
            assert "hemmelig" not in answer.text
    assert before == await logged(door)
    assert 200 == (await person.get("/nb/log")).status_code


async def test_a_token_is_of_one_session(door) -> None:
    """The token of one colleague's session does not work in another's."""
    first, second = await door.member("admin"), await door.member("analyst", "admin")
    token = await second.token("/nb/")
    answer = await first.post("/nb/accounts", {"_csrf": token, "roles": "admin"})
    assert 403 == answer.status_code


async def test_sign_in_needs_its_token_too(door) -> None:
    """Nobody is signed in as somebody else by another site's form."""
    await door.member("admin", login="kari")
    person = await door.browser()
    answer = await person.post("/nb/sign-in", {"login": "kari", "password": PASSWORD})
    assert 403 == answer.status_code
    assert "stemme_staff" not in person.client.cookies


async def test_bodies_that_are_no_form(door) -> None:
    """Whatever is posted, it is refused as a wrong request and never becomes a fault of ours."""
    person = await door.member("admin")
    for content_type, body in (
        ("application/json", b'{"_csrf": "x"}'),
        ("application/json", b"{"),
        ("multipart/form-data; boundary=x", b"--x\r\nnot a form"),
        ("multipart/form-data", b"no boundary"),
        ("text/plain", b"_csrf=x"),
        ("application/x-www-form-urlencoded", b"_csrf=%ff%fe&_csrf=&login=%00"),
    ):
        answer = await person.client.post(
            "/nb/accounts", content=body, headers={"content-type": content_type}
        )
        assert answer.status_code in (400, 403), (content_type, body)


async def test_another_site_cannot_post(door) -> None:
    """A request that the browser says comes from another site is refused before anything else."""
    person = await door.member("admin")
    token = await person.token("/nb/")
    answer = await person.post(
        "/nb/accounts",
        {"_csrf": token, "roles": "admin"},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert 403 == answer.status_code


async def test_too_many_attempts(door) -> None:
    """The sixth try gets 429 in plain words, the right password included."""
    await door.member("admin", login="kari")
    person = await door.browser()
    for _ in range(5):
        answer = await person.sign_in("kari", "feil passord her")
        assert 422 == answer.status_code
        assert "Brukernavnet eller passordet er feil." in answer.text
        assert "feil passord her" not in answer.text
    answer = await person.sign_in("kari")
    assert (429, "900") == (answer.status_code, answer.headers["retry-after"])
    assert "Vent et kvarter" in answer.text


async def test_a_browser_known_here_is_not_locked_out(door, monkeypatch) -> None:
    """Failures of strangers do not count where the colleague has signed in before."""
    kari = await door.member("admin", login="kari")
    ola = await door.member("admin", login="ola")
    for person in (kari, ola):
        await person.send("/nb/", "/nb/sign-out")
    stranger = await door.browser()
    for _ in range(5):
        await stranger.sign_in("kari", "feil passord her")
    monkeypatch.setattr(rules, "ATTEMPTS_IN_ALL", 1)
    assert [429, 429, 429, 303] == [
        (await stranger.sign_in("kari")).status_code,
        (await stranger.sign_in("ola")).status_code,
        (await ola.sign_in("kari")).status_code,
        (await kari.sign_in("kari")).status_code,
    ]
    await kari.send("/nb/", "/nb/sign-out")
    tries = [(await kari.sign_in("kari", "feil passord her")).status_code for _ in range(6)]
    assert [422] * 5 + [429] == tries


@pytest.mark.parametrize("value", ["", ".", "x.y", "å", "a.b.c"])
async def test_a_forged_sign_of_being_known_counts_for_nothing(door, monkeypatch, value) -> None:
    """Only this door can write it."""
    await door.member("admin", login="kari")
    monkeypatch.setattr(rules, "ATTEMPTS_IN_ALL", 0)
    person = await door.browser()
    fields = {"_csrf": await person.token("/nb/sign-in"), "login": "kari", "password": PASSWORD}
    cookies = "; ".join(f"{name}={one}" for name, one in person.client.cookies.items())
    headers = {"cookie": f"{cookies}; stemme_known={value}".encode()}
    answer = await person.post("/nb/sign-in", fields, headers=headers)
    assert 429 == answer.status_code


async def test_session_expires(door, monkeypatch) -> None:
    """Twelve hours later the same cookie leads to the sign-in page, for pages and for acts."""
    person = await door.member("admin")
    token = await person.token("/nb/")
    later = service.utc_now() + rules.SESSION
    monkeypatch.setattr(service, "utc_now", lambda: later)
    for answer in (
        await person.get("/nb/accounts"),
        await person.post("/nb/accounts", {"_csrf": token, "roles": "admin"}),
    ):
        assert (303, "/nb/sign-in?ended=1") == (answer.status_code, answer.headers["location"])
    assert "Du er logget ut. Logg inn igjen." in (await person.get("/nb/sign-in?ended=1")).text


async def test_invitation_over_http(door, monkeypatch) -> None:
    """An administrator makes a link for a colleague; it works once and not after a week."""
    admin = await door.member("admin")
    page = await admin.send("/nb/accounts", "/nb/accounts", roles=["analyst", "programme"])
    assert 200 == page.status_code
    path = urlsplit(re.search(r"<code>([^<]+)</code>", page.text)[1]).path
    colleague, late = await door.browser(), await door.browser()
    shown = await colleague.get(path)
    assert "Analytiker" in shown.text
    fields = {"login": "Ola", "password": PASSWORD, "again": PASSWORD}
    for wrong in ({"password": "kort"}, {"again": "noe annet"}, {"login": "å"}, {"login": "admin"}):
        answer = await colleague.send(path, path, **(fields | wrong))
        assert answer.status_code in (409, 422)
        assert PASSWORD not in answer.text
    assert 303 == (await colleague.send(path, path, **fields)).status_code
    assert 200 == (await colleague.get("/nb/")).status_code
    assert 410 == (await late.get(path)).status_code
    second = await service.invite(
        await door.database.connect("owner"), ("admin",), base_url="http://testserver.local"
    )
    later = service.utc_now() + datetime.timedelta(days=7)
    monkeypatch.setattr(service, "utc_now", lambda: later)
    assert 410 == (await late.get(urlsplit(second).path)).status_code


async def test_invitation_needs_known_roles(door) -> None:
    """An invitation without a role, or with one we do not have, is not made."""
    admin = await door.member("admin")
    for chosen in ([], ["owner"], ["admin", "owner"]):
        answer = await admin.send("/nb/accounts", "/nb/accounts", roles=chosen)
        assert 422 == answer.status_code
        assert "Velg minst én rolle." in answer.text


async def test_closing_an_account(door) -> None:
    """A closed colleague is out with the next click; one's own account cannot be closed."""
    admin, other = await door.member("admin"), await door.member("analyst")
    conn = await door.database.connect("staff")
    ids = {one.login: one.id for one in await service.list_accounts(conn)}
    await conn.close()
    closed = await admin.send("/nb/accounts", f"/nb/accounts/{ids['analyst']}/close")
    assert 303 == closed.status_code
    assert 303 == (await other.get("/nb/")).status_code
    assert 422 == (await other.sign_in("analyst")).status_code
    own = await admin.send("/nb/accounts", f"/nb/accounts/{ids['admin']}/close")
    assert 403 == own.status_code
    opened = await admin.send("/nb/accounts", f"/nb/accounts/{ids['analyst']}/open")
    assert 303 == opened.status_code
    assert 303 == (await other.sign_in("analyst")).status_code


async def test_the_log_page(door) -> None:
    """The log shows acts in words, a page at a time, whatever the address asks for."""
    admin = await door.member("admin")
    for before in ("", "?before=1", "?before=-1", "?before=99999999999999999999", "?before=x"):
        answer = await admin.get(f"/nb/log{before}")
        assert answer.status_code in (200, 400), before
    assert "Tok imot invitasjon" in (await admin.get("/nb/log")).text


async def test_nothing_is_cached(door) -> None:
    """No page of the staff door is kept by a browser or a proxy."""
    admin = await door.member("admin")
    for path in ("/nb/sign-in", "/nb/", "/nb/accounts", "/nb/finnes-ikke", "/xx/"):
        assert "no-store" == (await admin.get(path)).headers["cache-control"], path


async def test_languages_of_the_door(door) -> None:
    """The office reads bokmål, nynorsk and English, and no other language leads anywhere."""
    person = await door.browser()
    for lang in ("nb", "nn", "en"):
        assert f'<html lang="{lang}"' in (await person.get(f"/{lang}/sign-in")).text
    assert 404 == (await person.get("/ar/sign-in")).status_code


def test_cookies_over_https() -> None:
    """Over https the cookies are bound to the host and never sent in the clear."""
    plain = load({"STAFF_URL": "http://127.0.0.1:8001"})
    safe = load({"STAFF_URL": "https://kontor.example"})
    assert "stemme_staff" == doorkeeper.session_cookie(plain)
    assert "__Host-stemme_staff" == doorkeeper.session_cookie(safe)
    cookie = doorkeeper.cookie(safe, doorkeeper.session_cookie(safe), "x")
    assert (True, True, "strict", "/", None) == (
        *(cookie.secure, cookie.httponly, cookie.samesite),
        *(cookie.path, cookie.domain),
    )


async def logged(door) -> int:
    conn = await door.database.connect("staff")
    try:
        return len(await service.list_entries(conn))
    finally:
        await conn.close()
