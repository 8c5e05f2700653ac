"""Every word that people read, in every language that they read it in."""

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import stemme
from stemme.i18n import LANGUAGES, SOURCE, STAFF_LANGUAGES, extract
from stemme.i18n.compiled import header_of

ROOT = Path(__file__).parents[2]
CODE = Path(stemme.__file__).parent
CATALOGUES = [
    (lang, domain)
    for domain in extract.DOMAINS
    for lang in (STAFF_LANGUAGES if domain == "staff" else LANGUAGES)
    if lang != SOURCE
]
NAMES = [f"{lang}-{domain}" for lang, domain in CATALOGUES]
every_catalogue = pytest.mark.parametrize(("lang", "domain"), CATALOGUES, ids=NAMES)


def po_of(lang, domain):
    return ROOT / "locales" / lang / "LC_MESSAGES" / f"{domain}.po"


def entries(lang, domain):
    """Name, source texts and translations of every message."""
    with po_of(lang, domain).open("rb") as file:
        catalog = read_po(file)
    for message in catalog:
        if message.id:
            ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
            texts = (
                message.string if isinstance(message.string, list | tuple) else (message.string,)
            )
            yield f"{message.context or ''} {ids[0]}".strip()[:90], ids, texts, message


def placeholders(text):
    return Counter(re.findall(r"%\(\w+\)[sd]", text))


def tags(text):
    return Counter(re.findall(r"</?[a-z]+", text))


def test_catalogues_are_current():
    """What the code and the content say now is what stands in the catalogues: no more, no less."""
    wanted = extract.texts(ROOT, CODE)

    stale = [
        path.relative_to(ROOT).as_posix()
        for path, text in wanted.items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    known = set((ROOT / "locales").rglob("*.po*"))
    assert ([], set()) == (stale, known - set(wanted))


@every_catalogue
def test_every_text_is_translated(lang, domain):
    """No empty translation and no guess: a survey in an incomplete language cannot open."""
    lacking = [
        name for name, _, texts, message in entries(lang, domain) if message.fuzzy or not all(texts)
    ]

    assert [] == lacking


@every_catalogue
def test_plural_forms_are_as_many_as_the_language_has(lang, domain):
    """The header and every message agree with the language's rule."""
    plurals = LANGUAGES[lang].plurals

    wrong = [
        name
        for name, ids, texts, _ in entries(lang, domain)
        if len(ids) > 1 and len(texts) != plurals.forms
    ]
    assert (plurals.header, []) == (header_of(po_of(lang, domain)).get("Plural-Forms"), wrong)


@every_catalogue
def test_placeholders_and_tags_are_those_of_the_source(lang, domain):
    """A lost value or tag breaks a page; a form for exactly one may leave the number out."""
    wrong = []
    for name, ids, texts, _ in entries(lang, domain):
        allowed = {frozenset(placeholders(one).items()) for one in ids}
        for text in filter(None, texts):
            same_values = frozenset(placeholders(text).items()) in allowed
            words_for_number = len(ids) > 1 and placeholders(text) <= placeholders(ids[-1])
            if not (same_values or words_for_number) or tags(text) != tags(ids[-1]):
                wrong.append(f"{name} -> {text}")

    assert [] == wrong


@every_catalogue
def test_a_lone_percent_sign_is_written_twice_where_values_are_filled_in(lang, domain):
    """Interface texts are filled in by `%`, so a bare sign would stop the page."""
    if domain not in ("resident", "staff"):
        return
    bare = re.compile(r"%(?!%|\(\w+\)[sd])")

    wrong = [
        name
        for name, ids, texts, _ in entries(lang, domain)
        if any(bare.search(text.replace("%%", "")) for text in (*ids, *texts))
    ]
    assert [] == wrong


@every_catalogue
def test_every_translation_states_whether_it_is_reviewed(lang, domain):
    """A draft opens with a line that says so; only a person's review takes the line away."""
    assert header_of(po_of(lang, domain)).get("X-Review-Status") in ("draft", "reviewed")
