"""A page that anyone may keep is made once a second, and nobody gets another's."""

from __future__ import annotations

import pytest

from stemme.doors import shelf

PAGE = {b"etag": b'"a1"', b"cache-control": b"public, max-age=60", b"vary": b"Accept-Encoding"}


class App:
    """An application that counts how often it was asked."""

    def __init__(self, headers=PAGE, status=200, body=b"side") -> None:
        self.headers, self.status, self.body = headers, status, body
        self.asked = 0

    async def __call__(self, scope, _receive, send) -> None:
        self.asked += 1
        if scope["type"] != "http":
            return
        headers = [*self.headers.items(), (b"content-length", b"4")]
        start = {"type": "http.response.start", "status": self.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


async def get(app, path="/nb/results/x", query=b"", method="GET", **headers):
    """The status, the body and the headers of an answer."""
    sent = []

    async def send(message) -> None:
        sent.append(message)

    given = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query}
    await app({**scope, "headers": given}, None, send)
    return sent[0]["status"], sent[1]["body"], dict(sent[0]["headers"])


async def test_a_page_is_made_once_a_second(monkeypatch):
    """Within a second the same page comes from the shelf; after it, it is asked for anew."""
    app, now = App(), [10.0]
    monkeypatch.setattr(shelf.time, "monotonic", lambda: now[0])
    shelved = shelf.Shelf(app)
    pages = [await get(shelved) for _ in range(3)]
    assert (1, 1) == (app.asked, len({body for _, body, _ in pages}))
    assert pages[0] == pages[2]
    now[0] += shelf.SECONDS + 0.1
    app.body = b"nyer"
    assert (200, b"nyer") == (await get(shelved))[:2]


async def test_who_has_the_page_is_told_so():
    """A browser with the same tag gets 304 and nothing else."""
    shelved = shelf.Shelf(App())
    await get(shelved)
    status, body, headers = await get(shelved, if_none_match=b'W/"a1"')
    assert (304, b"") == (status, body)
    assert (b'"a1"', None) == (headers[b"etag"], headers.get(b"content-length"))
    assert 200 == (await get(shelved, if_none_match=b'"b2"'))[0]


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/ar/results/x"},
        {"query": b"a=1"},
        {"method": "HEAD"},
        {"method": "POST"},
        {"accept_encoding": b"br"},
        {"host": b"other"},
        {"cookie": b"a=b"},
        {"range": b"bytes=0-1"},
    ],
)
async def test_another_request_is_another_page(other):
    """Whatever an answer may depend on is part of what is kept, or is never kept."""
    app = App()
    shelved = shelf.Shelf(app)
    await get(shelved)
    await get(shelved, **other)
    assert 2 == app.asked


@pytest.mark.parametrize(
    "app",
    [
        App(status=404),
        App(body=b"x" * 300_000),
        App({**PAGE, b"cache-control": b"no-cache"}),
        App({**PAGE, b"cache-control": b"private, max-age=60"}),
        App({**PAGE, b"vary": b"Accept-Encoding, Accept-Language"}),
        App({**PAGE, b"set-cookie": b"a=b"}),
        App({name: value for name, value in PAGE.items() if name != b"etag"}),
    ],
)
async def test_what_is_not_for_everyone_is_not_kept(app):
    """Only a small whole page that says that anyone may keep it."""
    shelved = shelf.Shelf(app)
    for _ in range(2):
        await get(shelved)
    assert 2 == app.asked


async def test_the_shelf_does_not_grow_for_ever(monkeypatch):
    """Ever new addresses take no more memory than some."""
    monkeypatch.setattr(shelf, "MOST_PAGES", 3)
    app = App()
    shelved = shelf.Shelf(app)
    for number in range(10):
        await get(shelved, path=f"/{number}")
    await get(shelved, path="/9")
    assert 10 == app.asked
    await shelved({"type": "lifespan"}, None, None)
    assert 11 == app.asked
