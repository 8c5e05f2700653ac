"""Masking: what could name a person is taken out of a text before the text is stored.

It finds what has a form: numbers, addresses, names written as names. It does not make a text
anonymous, and finds few names in scripts without capitals; a person reads every text afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from stemme.surveys.rules import names

ROUNDS = 50
RULES = 1
"""Stored with every text: by which edition of these rules it was masked."""

NUMBER, PHONE, ACCOUNT = "[fødselsnummer]", "[telefon]", "[konto]"
EMAIL, LINK, ADDRESS = "[e-post]", "[lenke]", "[adresse]"
DATE, DIGITS, NAME, ROLE = "[dato]", "[nummer]", names.NAME, names.ROLE
TOKENS = (NUMBER, PHONE, ACCOUNT, EMAIL, LINK, ADDRESS, DATE, DIGITS, NAME, ROLE)

_TOKEN = re.compile("(" + "|".join(re.escape(one) for one in TOKENS) + ")")
_I = re.IGNORECASE

# Between the digits of one number: spaces of all kinds, points, hyphens, marks nobody sees.
_SIGN = r"[\s.\-‐-―/_·’'\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
_RUN = re.compile(rf"\+?\d(?:{_SIGN}{{0,3}}\d)*")
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def mask(text: str, streets: Iterable[str] = ()) -> str:
    """The text with neutral tokens, such as `[navn]`, for what could name somebody.

    `streets`: names of the place that do not look like a street ("Torget"). Masking it again
    changes nothing.
    """
    local = _local(tuple(streets))
    # A round may bring together what the next one finds; each takes signs away, so that this ends.
    for _ in range(ROUNDS):
        masked = _once(text, local)
        if masked == text:
            break
        text = masked
    return text


def is_national_id(digits: str) -> bool:
    """Whether eleven digits have the two check digits of a fødselsnummer or D-number.

    Modulo 11, skatteforvaltningsforskriften § 2-2-1; the date is not looked at, so that synthetic
    and D-, H- and FH-numbers are found too. The second weight of the control digits is 1.
    """
    if len(digits) != 11 or not digits.isdecimal():
        return False
    values = [int(one) for one in digits]
    # The first ten weigh to a remainder of 0, as do all eleven; one control digit follows another.
    first = sum(w * v for w, v in zip(_FIRST, values[:10], strict=True)) % 11
    second = sum(w * v for w, v in zip(_SECOND, values, strict=True)) % 11
    return first == 0 and second == 0


def is_account(digits: str) -> bool:
    """Whether eleven digits have the check digit of a Norwegian bank account, modulo 11."""
    if len(digits) != 11 or not digits.isdecimal():
        return False
    return sum(w * int(one) for w, one in zip(_SECOND, digits, strict=True)) % 11 == 0


def _once(text: str, local: re.Pattern[str] | None) -> str:
    # A national id with points in it begins like a date: it goes first.
    for step in (_links, _national_ids, _dates, _numbers, _addresses(local), names.mask_names):
        text = _outside(text, step)
    return text


def _outside(text: str, step: Callable[[str], str]) -> str:
    """Do a step on all that is no token yet."""
    pieces = _TOKEN.split(text)
    return "".join(piece if piece in TOKENS else step(piece) for piece in pieces)


# Mail and links -------------------------------------------------------------------------------

_EMAIL = re.compile(
    r"[\w.+%-]{1,64}\s?(?:@|\(at\)|\[at\]|\(krøllalfa\)|\bkrøllalfa\b)\s?[\w-]{1,63}"
    r"(?:\s?(?:\.|\(dot\)|\bpunktum\b)\s?[\w-]{2,63}){1,4}",
    _I,
)
_HANDLE = re.compile(r"(?<!\w)@\w{3,40}")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|\b(?:[\w-]{1,63}\.){1,4}(?:no|com|org|net|se|dk|eu|info|io|pl|lt|ua|so|tv|me)\b(?:/\S*)?",
    _I,
)


def _links(text: str) -> str:
    text = _EMAIL.sub(EMAIL, text)
    text = _outside(text, lambda piece: _LINK.sub(LINK, piece))
    return _outside(text, lambda piece: _HANDLE.sub(NAME, piece))


# Dates ------------------------------------------------------------------------------------------

_MONTHS = (
    r"(?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember"
    r"|january|february|march|may|june|july|october|december|jan|feb|mar|apr|jun|jul|aug|sept?"
    r"|okt|oct|nov|des|dec|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września"
    r"|października|listopada|grudnia)"
)
_YEAR = r"(?:1[89]|20)\d\d"
_DATE = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}\s?[./-]\s?\d{{1,2}}\s?[./-]\s?(?:{_YEAR}|\d\d)(?!\d)"
    rf"|{_YEAR}\s?[./-]\s?\d{{1,2}}\s?[./-]\s?\d{{1,2}}(?!\d)"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th)?\s(?:of\s)?{_MONTHS}\.?,?\s{_YEAR}\b"
    rf"|\b{_MONTHS}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}\b)",
    _I,
)
_BORN = re.compile(
    r"\b(født|fødd|f\.|born|urodzon[ya]|urodziłe?m? się|dhashay|dhalatay|narodivsia|gimiau"
    r"|народи(?:вся|лася|лась))"
    rf"(\s(?:den\s|i\s|in\s|on\s|w\s|в\s)?)(?:\d{{1,2}}\.?\s?{_MONTHS}\b(?:\s{_YEAR})?|{_YEAR}\b|\d{{6}}\b)",
    _I,
)


def _dates(text: str) -> str:
    text = _outside(text, lambda piece: _BORN.sub(rf"\1\2{DATE}", piece))
    return _outside(text, lambda piece: _DATE.sub(DATE, piece))


# Numbers ----------------------------------------------------------------------------------------


def _national_ids(text: str) -> str:
    return _RUN.sub(lambda found: _run(found[0]), text)


def _numbers(text: str) -> str:
    """Numbers as they are usually written; years and sums stay."""
    return _LONG.sub(lambda found: _long(found[0]), text)


def _run(run: str) -> str:
    """One run of digits with every national id in it masked."""
    places = [at for at, sign in enumerate(run) if sign.isdecimal()]
    digits = "".join(str(int(run[at])) for at in places)
    for start in range(len(digits) - 10):
        if is_national_id(digits[start : start + 11]):
            before, after = run[: places[start]], run[places[start + 10] + 1 :]
            return _run(before) + NUMBER + _run(after)
    return run


# As one number is written: in one, or in the usual groups. "2020-2024" is none.
_LONG = re.compile(
    r"(?:\+|\b00)\d(?:[\s.\-]?\d){6,14}"
    r"|\b[2-9]\d(?:[\s.\-]\d\d){3}\b|\b[2-9]\d\d[\s.\-]\d\d[\s.\-]\d{3}\b"
    r"|\b\d{6}\s?[\s.\-]\s?\d{5}\b|\b\d{4}[\s.]\d\d[\s.]\d{5}\b|\b\d{8,}\b"
)


def _long(number: str) -> str:
    digits = "".join(str(int(sign)) for sign in number if sign.isdecimal())
    if number.startswith(("+", "00")) or len(digits) == 8:
        return PHONE
    if len(digits) == 11 and re.match(r"\d{6}\D", number):
        return NUMBER
    return ACCOUNT if is_account(digits) else DIGITS


# Addresses --------------------------------------------------------------------------------------

_SURE = r"(?:gata|gaten|gate|veien|vegen|vei|veg|allé|alle|alléen|alleen|stredet|smuget)"
_LIKELY = (
    r"(?:plassen|plass|torget|torg|stien|bakken|bakke|svingen|kroken|ringen|løkka|løkken|kollen"
    r"|haugen|åsen|tunet|terrasse|terrassen|brygge|brygga|kaia|kaien|jordet|grenda|feltet|odden"
    r"|myra|veita|lia|hagen|kleiva|kleiven|strøket)"
)
_HOUSE = (
    r"(?:\s?(?:nr|no)\.?)?\s{1,2}\d{1,3}(?:\s?[a-zA-Z](?!\w))?"
    r"(?!\d|[.,]\d|\s?(?:%|prosent|kr|år))"
)
_TAIL = r"(?:,?\s?\d{4}\s[A-ZÆØÅ][a-zæøå]+)?"
_CAPITAL = r"[A-ZÆØÅÁÄÖ][\w.'’-]{0,30}"
_ROAD = r"(?!(?:riks|fylkes|europa|motor|stam)ve[gi])"
_ADDRESS = re.compile(
    # One word: "Storgata 5", "storgata 5 b", "Torstrandbakken 12".
    rf"\b{_ROAD}\w[\w-]{{1,30}}(?i:{_SURE}){_HOUSE}{_TAIL}"
    rf"|\b{_CAPITAL}{_LIKELY}{_HOUSE}{_TAIL}"
    # Several: "Prinsens gate 12", "Olav Tryggvasons gate 3".
    rf"|\b(?:{_CAPITAL}\s){{1,3}}(?i:{_SURE}|{_LIKELY}){_HOUSE}{_TAIL}"
    # A flat's number, and a box.
    r"|\b[HUKL]0\d{3}\b|(?i:\bpostboks\s\d{1,4}\b)"
)


def _addresses(local: re.Pattern[str] | None) -> Callable[[str], str]:
    def step(text: str) -> str:
        text = _ADDRESS.sub(ADDRESS, text)
        if local is not None:
            text = _outside(text, lambda piece: local.sub(ADDRESS, piece))
        return text

    return step


@lru_cache(maxsize=16)
def _local(streets: tuple[str, ...]) -> re.Pattern[str] | None:
    """Streets of the place with a house number behind them."""
    known = sorted((re.escape(one.strip()) for one in streets if one.strip()), key=len)
    if not known:
        return None
    return re.compile(rf"\b(?:{'|'.join(reversed(known))}){_HOUSE}{_TAIL}", _I)
