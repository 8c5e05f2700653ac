"""Masking: known texts, texts that must be left alone, and what holds for any text."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stemme.surveys.rules.masking import TOKENS, is_national_id, mask

BIRTH_NUMBER = "01019010046"
D_NUMBER = "41019010110"
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@pytest.mark.parametrize(
    ("expected", "digits"),
    [
        (True, BIRTH_NUMBER),
        (True, D_NUMBER),
        (False, "01019010047"),
        (False, "01019010056"),
        (False, "0101901004"),
        (False, "0101901004x"),
    ],
)
def test_check_digits(expected, digits):
    """Both check digits must fit, for a D-number too."""
    assert expected == is_national_id(digits)


@pytest.mark.parametrize("number", [BIRTH_NUMBER, D_NUMBER])
@pytest.mark.parametrize("digits", [None, ARABIC, PERSIAN])
@pytest.mark.parametrize("form", ["{0}{1}", "{0} {1}", "{0}.{1}", "{0} - {1}", "{0}\u200b{1}"])
def test_national_ids(number, digits, form):
    """A national id goes in every digit set, with whatever people put into it."""
    written = form.format(number[:6], number[6:]).translate(digits or {})
    assert "Nummeret er [fødselsnummer]." == mask(f"Nummeret er {written}.")
    assert "[fødselsnummer]" == mask(" ".join(number).translate(digits or {}))


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("Ring [telefon]", "Ring 912 34 567"),
        ("[telefon]", "91 23 45 67"),
        ("[telefon]!", "91234567!"),
        ("[telefon]", "+47 912 34 567"),
        ("[telefon]", "0048 601 234 567"),
        ("[e-post]", "kari.nordmann@example.no"),
        ("[e-post]", "kari (at) example.no"),
        ("Se [lenke]", "Se https://example.org/kari?x=1"),
        ("Se [lenke]", "Se facebook.com/kari"),
        ("[konto]", "1234.56.78903"),
        ("Jeg er født [dato].", "Jeg er født 3. mai 1980."),
        ("født i [dato]", "født i 1980"),
        ("[dato]", "03.05.1980"),
        ("[dato]", "3/5-80"),
        ("[dato]", "1980-05-03"),
        ("Jeg bor i [adresse].", "Jeg bor i Storgata 5 B."),
        ("i [adresse]", "i torstrandveien 112"),
        ("[adresse]", "Prinsens gate 12, 3262 Larvik"),
        ("[adresse]", "Olav Tryggvasons gate 3"),
        ("Jeg snakket med [navn] om det", "Jeg snakket med Kari Nordmann om det"),
        ("naboen [navn] bråker", "naboen kari hansen bråker"),
        ("naboen [navn] bråker", "naboen Tadesse Gebremedhin bråker"),
        ("Hilsen [navn] og [navn]", "Hilsen Anne-Marie og Mohamed"),
        ("spør [navn]", "spør J. Hansen"),
        ("spør [navn]", "spør fru Lie"),
        ("[navn] gir liv", "Liv Hansen gir liv"),
        ("Запитайте [navn]", "Запитайте Олена Шевченко"),
        ("[navn] هنا", "محمد حسن هنا"),
        ("[rolle] hører ikke", "rektor Per Hansen hører ikke"),
        ("Jeg savner [rolle] her", "Jeg savner presten her"),
    ],
)
def test_masked(expected, text):
    """What could name a person becomes a neutral token; the rest of the text stays."""
    assert expected == mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "På Torstrand er det fint å bo. Bøkeskogen og elva må vi ta vare på.",
        "Vi trenger fortau i Storgata og flere benker ved Torget.",
        "Mellom 2020 og 2024, altså 2020-2024, brukte kommunen 1 300 000 kroner.",
        "Trening 2 ganger i uka kl. 18.30, og 3 busser i timen på fylkesvei 301.",
        "Liv og røre for store og små. Per i dag er det ingenting.",
        "Larvik Turn og Torstrand Skole kan samarbeide 17. mai.",
        "Ordføreren må høre på ungdommen.",
        "We need a New School and more English classes on Monday Morning.",
        "I like the Red Cross and the harbour. More light, please!",
        "Potrzebujemy więcej ławek w Torstrand. Boże Narodzenie razem z innymi.",
        "Waxaan u baahanahay meel carruurtu ku ciyaarto. Soomaali badan ayaa halkan deggan.",
        "نحتاج إلى مقاعد أكثر بجانب النهر، والمكان جميل من عمر 13 إلى 19 سنة.",
        "[navn] bor her",
        "",
    ],
)
def test_left_alone(text):
    """Ordinary sentences come through as they were."""
    assert text == mask(text)


def test_streets_of_the_place():
    """A street that does not look like one is known by the place's own list, with a number."""
    text = "Jeg bor i Skiringssal 14, ikke på Skiringssal."
    assert text == mask(text)
    assert "Jeg bor i [adresse], ikke på Skiringssal." == mask(text, ["Skiringssal"])


PIECES = st.one_of(
    st.text(max_size=20),
    st.sampled_from([*TOKENS, BIRTH_NUMBER, D_NUMBER, "Kari", "Hansen", "Storgata 5", "@", "+47"]),
    st.text("0123456789٠١٢٣٤۵۶۷۸۹ .-/\u200f", max_size=30),
    st.sampled_from([" ", ". ", "\n", ", "]),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS)
@example("Kari[navn] Hansen 5 Storgata[adresse] 5")
@example("12.12." * 83)
@settings(deadline=None, max_examples=300)
def test_masking_again_changes_nothing(text):
    """Any text can be masked, and twice is as once."""
    once = mask(text)
    assert once == mask(once)


@given(TEXTS, st.sampled_from([BIRTH_NUMBER, D_NUMBER]), st.sampled_from(["", " ", ".", "-"]))
@settings(deadline=None, max_examples=300)
def test_no_national_id_survives(text, number, between):
    """Whatever stands around it, no eleven digits in a row have fitting check digits."""
    half = len(text) // 2
    masked = mask(f"{text[:half]} {between.join(number)} {text[half:]}")
    runs = [
        "".join(str(int(sign)) for sign in run if sign.isdecimal())
        for run in re.findall(r"\d(?:[ .\-/\u200f]{0,3}\d)*", masked)
    ]
    left = [run[at : at + 11] for run in runs for at in range(len(run) - 10)]
    assert [] == [one for one in left if is_national_id(one)]


def test_a_long_text_takes_no_time():
    """The longest answer, made to be hard, is masked in a moment."""
    for hard in ("1 " * 2000, "a." * 2000, "Aa " * 1500, "a@" * 2000, "12.12." * 700):
        assert mask(hard) is not None
