"""JSON files beside a release: JSON-stat, tables of variables, and copies of the release itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from stemme.disclosure.attacker.beside import Allowed, allowed_numbers
from stemme.disclosure.attacker.foreign import EVERYBODY, Unreadable
from stemme.disclosure.attacker.printed import Publication

Json = Any

_OF_THE_RELEASE = ("plan", "tables", "digest")


class Printed(NamedTuple):
    """A number of a file and where it stands; `answer` is empty for bases and means."""

    variable: str
    by: str
    group: str
    answer: str
    number: Decimal


def json_strays(
    publication: Publication, release: bytes, paths: Sequence[Path]
) -> Iterator[Unreadable]:
    """Every number of JSON files with our ids that its place in the release has not."""
    allowed = allowed_numbers(publication)
    for path in paths:
        try:
            content = _parsed(path.read_bytes())
            yield from document_strays(path, content, release, allowed)
        except json.JSONDecodeError as error:
            yield Unreadable(str(path), error.lineno, f"is no JSON: {error.msg}")
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            yield Unreadable(str(path), 1, f"cannot be read: {type(error).__name__} {error}")


def _parsed(body: bytes) -> Json:
    return json.loads(body, parse_float=Decimal, parse_int=Decimal)


def document_strays(
    path: Path, content: Json, release: bytes, allowed: Allowed
) -> Iterator[Unreadable]:
    """The same for one document, parsed with exact numbers."""
    if isinstance(content, dict) and isinstance(content.get("release"), dict):
        ours = _parsed(release)
        for part in _OF_THE_RELEASE:
            if content["release"].get(part) != ours.get(part):
                yield Unreadable(str(path), 1, f"has another {part} than release.json")
    for place in _numbers(content):
        row = allowed.get((place.variable, place.by, place.group, ""), set())
        known = allowed.get((place.variable, place.by, place.group, place.answer), row)
        if place.number not in known:
            where = ", ".join(word for word in place[:4] if word)
            said = f"{where}: shows {place.number}, which release.json does not show there"
            yield Unreadable(str(path), 1, said)


def _numbers(content: Json) -> Iterator[Printed]:
    """All numbers about people in a file of any of our shapes; none in other files."""
    if isinstance(content, list):
        for one in content:
            yield from _numbers(one)
    elif isinstance(content, dict):
        if content.get("class") == "dataset":
            yield from _of_dataset(content)
        elif content.get("class") == "collection":
            yield from _numbers(content["link"]["item"])
        elif "variable" in content and "tables" in content:
            yield from _of_variable(content)


def _of_dataset(dataset: Json) -> Iterator[Printed]:
    """JSON-stat: values row by row in the order of the dimensions, or by their place."""
    kinds = dataset["id"]
    codes = [_codes(dataset["dimension"][kind]["category"]) for kind in kinds]
    values = dataset["value"]
    given = values if isinstance(values, dict) else dict(enumerate(values))
    numbers = {int(at): number for at, number in given.items() if number is not None}
    for at, place in enumerate(product(*codes)):
        if at in numbers:
            named = dict(zip(kinds, place, strict=True))
            by, group = _somebody(dataset["extension"].get("by"), named.get("group", ""))
            answer = named.get("answer", "")
            yield Printed(dataset["extension"]["variable"], by, group, answer, numbers[at])


def _codes(category: Json) -> list[str]:
    index = category.get("index", list(category.get("label", ())))
    return sorted(index, key=index.__getitem__) if isinstance(index, dict) else list(index)


def _of_variable(document: Json) -> Iterator[Printed]:
    """Tables of one variable, as the open data gives them."""
    for table in document["tables"]:
        answers = [column["id"] for column in table["columns"]]
        for row in table["rows"]:
            by, group = _somebody((table["by"] or {}).get("id"), row["group"]["id"])
            beside = [*(row["base"] or {}).values(), row.get("mean")]
            for answer, number in [
                *zip(answers, row["percents"], strict=True),
                *(("", number) for number in beside),
            ]:
                if number is not None:
                    yield Printed(document["variable"], by, group, answer, number)


def _somebody(by: str | None, group: str) -> tuple[str, str]:
    return ("", "") if group.lower() in EVERYBODY else (by or "", group)
