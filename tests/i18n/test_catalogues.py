"""Catalogues as pages read them."""

import gettext
import io

import pytest

from stemme import config, i18n
from stemme.i18n import catalogues, compiled

PO = """\
msgid ""
msgstr ""
"Language: pl\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && n%100/10!=1 ? 1 : 2);\\n"
"X-Review-Status: {status}\\n"

msgid "Start"
msgstr "Zacznij"

msgid "Neste"
msgstr ""

#, fuzzy
msgid "Tilbake"
msgstr "Wróć"

msgctxt "a:title"
msgid "Tittel"
msgstr "Tytuł"

msgctxt "b:title"
msgid "Tittel"
msgstr "Tytuł"

msgid "%(num)s svar"
msgid_plural "%(num)s svar!"
msgstr[0] "%(num)s odpowiedź"
msgstr[1] "%(num)s odpowiedzi"
msgstr[2] "%(num)s odpowiedzi!"
"""


@pytest.fixture
def place(tmp_path):
    """A place with a small Polish catalogue; the catalogues of the repository come back after."""
    folder = tmp_path / "locales" / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    for domain in ("resident", "surveys"):
        (folder / f"{domain}.po").write_text(PO.format(status="draft"), "utf-8")
    i18n.use(config.load({"STEMME_PLACE": str(tmp_path)}))
    yield tmp_path
    i18n.use(config.load())


@pytest.mark.usefixtures("place")
def test_words_come_from_the_catalogue_and_else_stay_bokmaal():
    """Untranslated and fuzzy entries count as missing."""
    polish = i18n.catalogue("pl")

    assert ["Zacznij", "Neste", "Tilbake"] == [
        polish.gettext(w) for w in ("Start", "Neste", "Tilbake")
    ]
    assert "Start" == i18n.catalogue("nb").gettext("Start")


@pytest.mark.usefixtures("place")
def test_plural_forms_follow_the_language():
    """Polish has three forms for whole numbers."""
    one = i18n.catalogue("pl").ngettext

    expected = ["odpowiedź", "odpowiedzi", "odpowiedzi!"]
    assert expected == [one("%(num)s svar", "%(num)s svar!", n).split()[1] for n in (1, 3, 5)]


@pytest.mark.usefixtures("place")
def test_content_is_found_by_context_and_source_together():
    """A changed source text, or the same text elsewhere, has no translation yet."""
    find = catalogues.find_content_text

    assert "Tytuł" == find("surveys", "pl", "a:title", " Tittel\n")
    assert find("surveys", "pl", "a:title", "Ny tittel") is None
    assert find("surveys", "pl", "c:title", "Tittel") is None
    assert "Ny tittel" == i18n.content_text("surveys", "pl", "a:title", "Ny tittel")


def test_a_catalogue_is_a_draft_until_its_header_says_reviewed(place):
    """Bokmål is the source and never a draft; a missing catalogue always is."""
    po = place / "locales" / "pl" / "LC_MESSAGES" / "surveys.po"
    assert [True, True, False] == [i18n.is_draft("surveys", lang) for lang in ("pl", "ar", "nb")]

    po.write_text(PO.format(status="reviewed"), "utf-8")
    catalogues.forget()

    assert not i18n.is_draft("surveys", "pl")


def test_missing_lists_what_the_template_has_and_the_language_lacks(place):
    """The list names context and text."""
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    entries = "".join(
        f'msgctxt "{context}"\nmsgid "{text}"\nmsgstr ""\n\n'
        for context, text in (("a:title", "Tittel"), ("d:title", "Tittel"))
    )
    (place / "locales" / "surveys.pot").write_text(header + entries, "utf-8")

    assert ["d:title: Tittel"] == i18n.missing("surveys", "pl")
    assert [] == i18n.missing("surveys", "nb")


def test_compiled_catalogues_keep_the_header_of_the_review(place):
    """Babel's own compiler would drop the field that it does not know."""
    po = place / "locales" / "pl" / "LC_MESSAGES" / "surveys.po"

    read = gettext.GNUTranslations(io.BytesIO(compiled.compile_po(po)))

    assert "draft" == read.info()["x-review-status"]
    assert "Tytuł" == read.pgettext("a:title", "Tittel")


@pytest.mark.usefixtures("place")
def test_marked_words_are_bokmaal_until_they_are_shown():
    """A marked sentence is a string; its values are filled in after translation."""
    marked = i18n.lazy("Start")
    with_value = i18n.lazy("Skriv høyst %(n)s tegn.", n=500)

    assert "Start" == marked
    assert "Zacznij" == i18n.translate(marked, "pl")
    assert "Skriv høyst 500 tegn." == i18n.translate(with_value, "pl")


def test_the_language_of_a_block_ends_with_it():
    """What one page speaks does not leak into the next."""
    with i18n.speaking("ar"):
        assert "ar" == i18n.current_language()

    assert "nb" == i18n.current_language()
