"""Catalogues are compiled when they change, and only then."""

import gettext

import pytest

from stemme.build.catalogues import compile_catalogues

HEADER = 'msgid ""\nmsgstr ""\n"Language: pl\\n"\n"X-Review-Status: draft\\n"\n\n'


@pytest.fixture
def po(tmp_path):
    """One Polish catalogue of a place."""
    path = tmp_path / "locales" / "pl" / "LC_MESSAGES" / "resident.po"
    path.parent.mkdir(parents=True)
    path.write_text(f'{HEADER}msgid "Neste"\nmsgstr "Dalej"\n')
    return path


def compiled(place):
    """The compiled catalogues of the place, after a build."""
    compile_catalogues(place, place)
    return place / "locale" / "pl" / "resident.mo"


@pytest.mark.usefixtures("po")
def test_translation_is_found(tmp_path):
    """What a `.po` translates, gettext finds in the `.mo`; its own header fields included."""
    with compiled(tmp_path).open("rb") as file:
        catalogue = gettext.GNUTranslations(file)

    assert "Dalej" == catalogue.gettext("Neste")
    assert "draft" == catalogue.info()["x-review-status"]


def test_unchanged_catalogue_is_left_alone(tmp_path, po):
    """A second build writes nothing; a change of the source is compiled."""
    first = compiled(tmp_path).stat().st_mtime_ns

    assert first == compiled(tmp_path).stat().st_mtime_ns

    po.write_text(f'{HEADER}msgid "Neste"\nmsgstr "Następny"\n')

    assert first < compiled(tmp_path).stat().st_mtime_ns


def test_language_that_is_gone_is_forgotten(tmp_path, po):
    """A catalogue without its source is deleted."""
    assert compiled(tmp_path).exists()

    po.unlink()

    assert not compiled(tmp_path).exists()
