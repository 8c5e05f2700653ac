"""Errors as pages, and what a log may hold."""

import logging

import pytest
from litestar import get, post
from litestar.params import JSONBody

from stemme.errors import NotFound, StemmeError

SECRET = "hemmelig-ord"


class SurveyClosed(StemmeError):
    """A fact with a status and a sentence of its own."""

    status = 410
    message = "Undersøkelsen er lukket."


@get("/{lang:str}/closed")
async def closed() -> None:
    raise SurveyClosed


@get("/{lang:str}/gone")
async def gone() -> None:
    raise NotFound


@post("/{lang:str}/broken/{token:str}")
async def broken(data: JSONBody[dict]) -> None:
    raise RuntimeError(f"{SECRET} {data}")


@pytest.fixture
def door(open_door):
    """A resident door where things go wrong."""
    return open_door(closed, gone, broken)


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nb/gone", 404, "Vi fant ikke siden"),
        ("GET", "/nb/nowhere", 404, "Vi fant ikke siden"),
        ("GET", "/xx/gone", 404, "Vi fant ikke siden"),
        ("GET", "/assets/nothing.css", 404, "Vi fant ikke siden"),
        ("DELETE", "/nb/gone", 405, "Siden kan ikke brukes slik"),
        ("GET", "/nb/closed", 410, "Undersøkelsen er lukket."),
        ("POST", "/nb/broken/x", 500, "Noe gikk galt hos oss"),
    ],
)
def test_what_goes_wrong_is_a_friendly_page(door, method, path, status, words):
    """With its status, a sentence, and a way to the front page."""
    answer = door.request(method, path, json={} if method == "POST" else None)

    assert status == answer.status_code
    assert words in answer.text
    assert 'href="/nb/"' in answer.text
    assert "no-store" == answer.headers["cache-control"]


def test_an_error_speaks_the_language_of_the_address_or_of_the_browser(door):
    """Also where no route was found."""
    assert "ar" == door.get("/ar/nowhere").headers["content-language"]
    french_then_polish = {"accept-language": "fr,pl;q=0.5"}
    assert "pl" == door.get("/nowhere", headers=french_then_polish).headers["content-language"]


def test_a_fault_tells_the_reader_and_the_log_nothing_of_the_request(door, caplog):
    """No body, header, cookie or address, nor the exception's message, which may quote them."""
    caplog.set_level(logging.DEBUG)

    answer = door.post(
        "/nb/broken/kvittering",
        json={"answer": SECRET},
        headers={"x-secret": SECRET, "cookie": f"c={SECRET}", "user-agent": SECRET},
    )

    everything = " ".join(record.getMessage() + str(record.exc_text) for record in caplog.records)
    ours = [record.getMessage() for record in caplog.records if record.name == "stemme.web"]
    assert 500 == answer.status_code
    assert [] == [word for word in (SECRET, "RuntimeError", "Traceback") if word in answer.text]
    assert SECRET not in everything
    assert 1 == len(ours)
    assert "kvittering" not in ours[0]
    assert ours[0].startswith("RuntimeError at test_errors.py")
    assert ours[0].endswith("/{lang:str}/broken/{token:str}")
