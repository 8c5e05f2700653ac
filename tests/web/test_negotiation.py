"""Which language a request is in."""

import pytest

from stemme.i18n import LANGUAGES
from stemme.web.negotiation import preferred, same_page


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("nb-NO,nb;q=0.9,en;q=0.8", "nb"),
        ("no", "nb"),
        ("fa-IR", "fa-AF"),
        ("prs", "fa-AF"),
        ("fa-AF", "fa-AF"),
        ("ku-Arab-IQ", "ckb"),
        ("kmr,tr;q=0.9,en;q=0.5", "en"),
        ("tr", None),
        ("en;q=0.2,ti;q=0.9", "ti"),
        ("en;q=0, pl", "pl"),
        ("en;q=x", None),
        ("", None),
        ("*", None),
    ],
)
def test_the_best_of_our_languages_is_chosen(header, expected):
    """Weights count, regions are dropped, and other names of our languages are known."""
    assert expected == preferred(header, LANGUAGES)


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/nb/results/a", "q=1", "/ar/results/a?q=1"),
        ("/fa-AF/", "", "/ar/"),
        ("/nb", "", "/ar/"),
        ("/unknown/x", "q=1", "/ar/"),
        ("/", "", "/ar/"),
    ],
)
def test_the_same_page_in_another_language_keeps_path_and_query(path, query, expected):
    """Only the first part of the address changes; pages without a language lead to the front."""
    assert expected == same_page(path, query, "ar")


def test_the_root_leads_to_the_language_of_the_browser(site):
    """The redirect is temporary and varies with the header."""
    answer = site.get("/", headers={"accept-language": "so,en;q=0.5"})

    assert (303, "/so/", "Accept-Language") == (
        answer.status_code,
        answer.headers["location"],
        answer.headers["vary"],
    )


def test_the_root_offers_a_choice_when_no_language_fits(site):
    """Someone whose language we lack sees every autonym at once."""
    answer = site.get("/", headers={"accept-language": "tr"})

    assert 200 == answer.status_code
    assert "Accept-Language, Accept-Encoding" == answer.headers["vary"]
    assert all(language.autonym in answer.text for language in LANGUAGES.values())


def test_a_language_that_the_door_does_not_speak_is_not_found(open_door):
    """Staff pages exist in three languages only."""
    staff = open_door(name="staff", languages=("nb", "nn", "en"))

    assert [200, 404, 404] == [
        staff.get(f"/{lang}/privacy").status_code for lang in ("en", "ar", "xx")
    ]
