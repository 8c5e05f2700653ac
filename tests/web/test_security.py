"""What a browser may do with our pages, and who may post."""

import asyncio

import msgspec
import pytest
from litestar import Request, post

from stemme.web import security
from stemme.web.security import BODY_LIMIT

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@post("/{lang:str}/echo")
async def echo(request: Request) -> str:
    """Read a form."""
    form = await request.form()
    return str(len(form))


@pytest.fixture
def door(open_door):
    """A resident door with a form."""
    return open_door(echo)


@pytest.mark.parametrize(
    "path", ["/nb/privacy", "/", "/nowhere", "/healthz", "/assets/favicon.svg"]
)
def test_every_response_carries_the_security_headers(door, path):
    """Pages, redirects, errors and files alike."""
    headers = door.get(path).headers

    assert HEADERS == {name: headers.get(name) for name in HEADERS}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sec-fetch-site": "same-origin"}, 201),
        ({"sec-fetch-site": "none"}, 201),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8000"}, 403),
        ({"origin": "http://127.0.0.1:8000"}, 201),
        ({"origin": "http://testserver.local"}, 201),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[x"}, 403),
        ({}, 201),
    ],
)
def test_a_form_of_another_site_is_refused(door, headers, expected):
    """Browsers tell by `Sec-Fetch-Site`, older ones by `Origin`."""
    assert expected == door.post("/nb/echo", data={"a": "1"}, headers=headers).status_code


@pytest.mark.parametrize(
    ("public_url", "expected"),
    [("http://127.0.0.1:8000", 201), ("https://stemme.example", 403)],
)
def test_a_named_place_trusts_no_other_name(open_door, settings, public_url, expected):
    """A name that points here without being ours, in `Host` and `Origin` alike, may not post."""
    door = open_door(echo, settings=msgspec.structs.replace(settings, public_url=public_url))
    headers = {"host": "evil.example", "origin": "http://evil.example"}

    assert expected == door.post("/nb/echo", data={"a": "1"}, headers=headers).status_code


FORM = [(b"content-type", b"application/x-www-form-urlencoded"), (b"content-length", b"90")]


async def post_half(app, end):
    """Post the first half of a form, then whatever `end` waits for; gives the status."""
    pieces = [{"type": "http.request", "body": b"a=1", "more_body": True}]
    sent = []

    async def receive():
        return pieces.pop() if pieces else await end()

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST"}
    scope |= {"path": "/nb/echo", "raw_path": b"/nb/echo", "query_string": b"", "headers": FORM}
    await app(scope | {"scheme": "http", "server": ("t", 80), "client": ("t", 1)}, receive, send)
    return sent[0]["status"]


async def test_who_hangs_up_is_no_fault_of_ours(door, caplog):
    """A form that stops half-way is answered 400 and not logged."""

    async def hang_up():
        return {"type": "http.disconnect"}

    assert 400 == await post_half(door.app, hang_up)
    assert [] == caplog.records


async def test_a_form_that_does_not_come_is_not_waited_for(door, monkeypatch):
    """A body has half a minute to arrive."""
    monkeypatch.setattr(security, "BODY_SECONDS", 0.05)

    assert 408 == await post_half(door.app, asyncio.Event().wait)


def test_a_body_over_the_limit_gets_a_page_that_says_so(door):
    """Refused whether or not the length was announced."""
    big = b"a=" + b"x" * BODY_LIMIT

    def pieces():
        yield big

    form = {"content-type": "application/x-www-form-urlencoded"}
    announced = door.post("/nb/echo", content=big, headers=form)
    silent = door.post("/nb/echo", content=pieces(), headers=form)

    assert [413, 413] == [announced.status_code, silent.status_code]
    assert "Det du sendte, er for stort" in announced.text
