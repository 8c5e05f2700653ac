"""Static files."""

import json

import brotli
import pytest

from stemme.web import assets


@pytest.fixture
def style(site):
    """The address of the style sheet."""
    return site.app.state.site.assets.url("style.css")


def test_a_file_is_kept_forever_under_the_name_of_its_content(site, style):
    """The name changes with the content, so the browser never has to ask."""
    answer = site.get(style)

    assert 200 == answer.status_code
    assert "public, max-age=31536000, immutable" == answer.headers["cache-control"]
    assert "text/css; charset=utf-8" == answer.headers["content-type"]


def test_a_logical_name_works_but_must_be_asked_again(site):
    """For what links without knowing the build."""
    assert "no-cache" == site.get("/assets/style.css").headers["cache-control"]


def test_each_encoding_has_its_own_tag(site, style):
    """A shared tag would let a cache answer with bytes that the browser did not ask for."""
    tags = {
        site.get(style, headers={"accept-encoding": one}).headers["etag"]
        for one in ("br", "gzip", "identity")
    }

    assert 3 == len(tags)


def test_what_the_browser_has_is_not_sent_again(site, style):
    """304 without a body when the tag matches."""
    tag = site.get(style, headers={"accept-encoding": "br"}).headers["etag"]

    again = site.get(style, headers={"accept-encoding": "br", "if-none-match": f'"x", {tag}'})

    assert (304, b"") == (again.status_code, again.content)


def test_head_has_the_length_and_no_body(site, style):
    """HEAD answers as GET would, without the body."""
    full = site.get(style, headers={"accept-encoding": "identity"})
    head = site.head(style, headers={"accept-encoding": "identity"})

    assert (200, b"") == (head.status_code, head.content)
    assert full.headers["content-length"] == head.headers["content-length"]


@pytest.mark.parametrize(
    "path", ["/assets/", "/assets/../config.py", "/assets/%2e%2e/x", "/assets/app.css"]
)
def test_nothing_but_the_listed_files_is_served(site, path):
    """Names are looked up in memory; no path reaches the disk."""
    assert 404 == site.get(path).status_code


def test_compiled_files_are_used_with_their_compressed_twins(tmp_path):
    """What set-up compressed is not compressed again."""
    folder = tmp_path / "static"
    folder.mkdir()
    body = b"body{color:red}"
    (folder / "style.abc.css").write_bytes(body)
    (folder / "style.abc.css.br").write_bytes(brotli.compress(body))
    (folder / "manifest.json").write_text(json.dumps({"style.css": "style.abc.css"}))

    loaded = assets.load(tmp_path)
    found = loaded.find("style.abc.css")

    assert "/assets/style.abc.css" == loaded.url("style.css")
    assert found is not None
    assert brotli.compress(body) == found[0].bodies["br"]
