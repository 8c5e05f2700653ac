"""The shell around every page."""

import gzip
import re

import brotli
import pytest

from stemme.i18n import LANGUAGES
from stemme.web.encoding import accepted


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["privacy", "accessibility"])
def test_every_language_has_its_direction_title_and_description(site, name, lang):
    """What the browser, a search engine and a screen reader ask first."""
    answer = site.get(f"/{lang}/{name}")

    assert 200 == answer.status_code
    assert lang == answer.headers["content-language"]
    assert f'<html lang="{lang}" dir="{LANGUAGES[lang].dir}"' in answer.text
    assert re.search(r"<title>[^<]{3,} – Torstrand</title>", answer.text)
    assert re.search(r'<meta name="description" content="[^"]{20,}">', answer.text)


def test_the_switch_names_every_language_by_its_autonym(site):
    """Each link tells its own language and direction, so that it is read aloud rightly."""
    page = site.get("/nb/privacy").text

    expected = [(language.autonym, language.tag, language.dir) for language in LANGUAGES.values()]
    found = re.findall(
        r'<a href="/[\w-]+/privacy" hreflang="([\w-]+)" lang="\1" dir="(\w+)"[^>]*>([^<]+)</a>',
        page,
    )
    assert expected == [(autonym, tag, direction) for tag, direction, autonym in found]


def test_a_translation_that_nobody_reviewed_says_so(site):
    """A quiet line in the translated pages, none in the source language."""
    assert 'class="draft' in site.get("/ar/privacy").text
    assert 'class="draft' not in site.get("/nb/privacy").text


def test_no_page_sets_a_cookie_or_asks_another_site(site):
    """Links out are allowed; nothing is loaded from elsewhere."""
    answer = site.get("/nb/privacy")

    assert "set-cookie" not in answer.headers
    assert [] == re.findall(r'(?:src|action)="(?:https?:)?//', answer.text)
    assert [] == re.findall(r'<link[^>]+href="(?:https?:)?//', answer.text)


def test_no_page_has_inline_style_or_script(site):
    """The policy forbids them, so a page with one would be broken."""
    page = site.get("/nb/privacy").text

    assert [] == re.findall(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son\w+=", page)


@pytest.mark.parametrize(
    ("header", "expected"),
    [("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("deflate", None), ("", None)],
)
def test_the_smallest_encoding_that_the_browser_takes_is_chosen(header, expected):
    """Brotli first, then gzip."""
    assert expected == accepted(header)


@pytest.mark.parametrize(
    ("encoding", "decode"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_pages_are_compressed(site, encoding, decode):
    """The bytes on the wire decode to the same page."""
    plain = site.get("/nb/privacy", headers={"accept-encoding": "identity"})
    with site.stream("GET", "/nb/privacy", headers={"accept-encoding": encoding}) as small:
        wire = b"".join(small.iter_raw())

    assert encoding == small.headers["content-encoding"]
    assert "Accept-Encoding" == small.headers["vary"]
    assert plain.content == decode(wire)
    assert len(wire) < len(plain.content) / 2


def test_the_staff_door_does_not_compress(open_door):
    """A page that echoes input beside a secret token must not be compressed."""
    staff = open_door(name="staff", languages=("nb", "nn", "en"))

    assert "content-encoding" not in staff.get("/nb/nowhere").headers


def test_health_robots_and_favicon(site):
    """What machines ask for."""
    assert (200, "ok\n") == (site.get("/healthz").status_code, site.get("/healthz").text)
    assert "Disallow: /*/receipt/" in site.get("/robots.txt").text
    assert site.get("/favicon.ico").headers["location"].startswith("/assets/favicon.")


def test_head_answers_as_get_without_the_body(site):
    """For link checkers; also where there is no page."""
    for path, status in (("/nb/privacy", 200), ("/nowhere", 404), ("/", 303)):
        full, head = site.get(path), site.head(path)

        assert (status, b"") == (head.status_code, head.content)
        assert full.headers.get("content-length") == head.headers.get("content-length")
