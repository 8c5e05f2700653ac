"""Plural rules and directions."""

from gettext import c2py

import pytest
from babel import Locale

from stemme.i18n import LANGUAGES

FORMS = {
    # The plural category of CLDR by number, for whole numbers from 0.
    "pl": ["one", "few", "many"],
    "uk": ["one", "few", "many"],
    "lt": ["one", "few", "other"],
    "ar": ["zero", "one", "two", "few", "many", "other"],
}
DEFAULT = ["one", "other"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plural_rules_are_those_of_cldr(lang):
    """For 0 to 1000 the form is the category that CLDR names, in the order of our catalogues."""
    language = LANGUAGES[lang]
    rule = c2py(language.plurals.rule)
    category = Locale.parse(language.calendar).plural_form
    names = FORMS.get(lang, DEFAULT)

    for n in range(1001):
        assert category(n) == names[rule(n)], n
    assert len(names) == language.plurals.forms


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_direction_is_that_of_the_script(lang):
    """Arabic script runs from right to left, all others from left to right."""
    language = LANGUAGES[lang]

    assert ("rtl" if language.script == "Arab" else "ltr") == language.dir
