"""The panel's static pages: the same bytes for everybody, one small script, nothing else."""

from __future__ import annotations

import base64
import hashlib
import re

import brotli
import pytest

from stemme import i18n
from stemme.config import load
from stemme.panel.page import FOLDER, NAMES, Pages, script
from stemme.web import assets, pages

KIB = 1024
INLINE = re.compile(r"<(style|script)(?: type=\"module\")?>(.*?)</\1>", re.DOTALL)


@pytest.fixture(scope="module")
def made() -> Pages:
    """The pages of a place whose set-up is done."""
    config = load()
    i18n.use(config)
    return Pages(
        pages.Site(
            config=config,
            door="staff",
            name="Torstrand",
            languages=("nb",),
            assets=assets.load(config.build),
            environment=pages.environment(),
        )
    )


def test_the_voting_script_is_small() -> None:
    """All script of the voting page is at most 4 KiB as it goes over the wire."""
    assert 4 * KIB >= len(brotli.compress(script.joined(FOLDER / "vote.js").encode()))


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_made_the_same_way_each_time(name: str) -> None:
    """Who makes it anew from the sources gets the same bytes, without comments."""
    first, again = (script.joined(FOLDER / f"{name}.js") for _ in range(2))
    assert first == again
    assert "// " not in first


def test_modules_stand_once_and_names_stay_properties(tmp_path) -> None:
    """What two modules import is there once; strings, keys and properties keep their names."""
    (tmp_path / "low.js").write_text(
        '// Low.\nexport const longName = { kept: "a  // b" };\n'
        'export const other = 4 / 2 && /"longName/g;\n'
    )
    (tmp_path / "mid.js").write_text(
        'import { longName } from "./low.js";\n'
        "export const twice = (each) => longName.kept + each;\n"
    )
    (tmp_path / "main.js").write_text(
        'import { longName, other } from "./low.js";\nimport { twice } from "./mid.js";\n'
        "const said = async (word) => `${word} ${other}`;\n"
        "return { twice: twice(1), said, longName };\n"
    )
    assert (
        'const longName={kept:"a  // b"};const other=4/2&&/"longName/g;'
        "const twice=a=>longName.kept+a;const said=async word=>`${word} ${other}`;"
        "return{twice:twice(1),said,longName}"
    ) == script.joined(tmp_path / "main.js").removesuffix(";")


@pytest.mark.parametrize("name", NAMES)
def test_the_policy_lets_this_script_run_and_no_other(made: Pages, name: str) -> None:
    """Style and script are named by their hash; no address of anybody else is in the page."""
    page = made.page("nb", name)
    inline = INLINE.findall(page.body.decode())
    assert ["style", "script"] == [kind for kind, _ in inline]
    for kind, text in inline:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in page.policy
    assert "unsafe" not in page.policy
    assert [] == re.findall(r"<link[^>]+href=\"(?!data:)", page.body.decode())


def test_the_list_has_every_page(made: Pages) -> None:
    """A line a page and language, in the form that `sha256sum --check` reads."""
    lines = made.hashes().splitlines()
    assert len(NAMES) * len(i18n.LANGUAGES) == len(lines)
    for line in lines:
        digest, path = line.split("  ")
        lang, _, name = path.split("/")
        assert digest == hashlib.sha256(made.page(lang, name).body).hexdigest()


@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
def test_the_first_view_is_light(made: Pages, lang: str) -> None:
    """Texts and style of the voting page are within 14 KiB, the whole of it in one request."""
    page = made.page(lang, "vote")
    program = script.joined(FOLDER / "vote.js")
    without = page.body.replace(program.encode(), b"")
    small = len(brotli.compress(without))
    print(f"{lang}: {len(made.small(page))} bytes in all, {small} without the script")
    assert 14 * KIB >= small
