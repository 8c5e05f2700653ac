"""Numbers as people write them."""

import pytest

from stemme.i18n import format_decimal, latin_digits, parse_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        (" 1 234 ", 1234),
        ("١٢", 12),
        ("۱۲", 12),
        ("٣٫٥", 3.5),
        ("3,5", 3.5),
        ("3.0", 3),
        ("−4", -4),
        ("\u200f۷", 7),
    ],
)
def test_three_digit_sets_with_comma_or_point_are_numbers(text, expected):
    """Latin, Arabic-Indic and Persian digits mean the same, with comma or point."""
    assert expected == parse_number(text)


@pytest.mark.parametrize(
    "text", ["", "tre", "1e9", "nan", "inf", "1,2,3", "0x10", "1_0", "9" * 16, "½"]
)
def test_what_is_no_plain_number_is_refused(text):
    """Nothing but digits, one sign and one decimal mark is a number."""
    assert parse_number(text) is None


def test_latin_digits_leave_letters_alone():
    """Only digits change."""
    assert "سنة 2026" == latin_digits("سنة ٢٠٢٦")


def test_one_decimal_in_every_language():
    """Latin digits everywhere, with the decimal mark of the language."""
    assert "6,8" == format_decimal(6.8, "nb")
    assert "6.8" == format_decimal(6.8, "ar")
    assert "10,0" == format_decimal(10, "uk")
