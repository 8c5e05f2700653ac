"""Every place where a file has not the shape of a struct: unknown or missing keys, wrong types."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import msgspec.inspect as shapes

from stemme.i18n.source import Complaint, Key, Source

_Path = tuple[Key, ...]
_Found = Iterator[tuple[_Path, str]]

_WORDS: dict[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "keys and values",
    type(None): "nothing",
}


def shape_complaints(source: Source, kind: type) -> list[Complaint]:
    """All of them at once, where msgspec would stop at the first."""
    found = _check(source.data, shapes.type_info(kind), ())
    return [source.complaint(path, message) for path, message in found]


def _check(value: Any, kind: shapes.Type, path: _Path) -> _Found:
    if isinstance(kind, shapes.UnionType):
        yield from _union(value, kind, path)
    elif isinstance(kind, shapes.StructType):
        yield from _struct(value, kind, path)
    elif isinstance(kind, shapes.ListType):
        yield from _list(value, kind, path)
    elif isinstance(kind, shapes.TupleType):
        yield from _pair(value, kind, path)
    elif isinstance(kind, shapes.DictType):
        if not isinstance(value, dict):
            yield _wrong(value, path, "keys and values")
            return
        for key, member in value.items():
            yield from _check(member, kind.value_type, (*path, key))
    elif isinstance(kind, shapes.LiteralType):
        if value not in kind.values:
            allowed = [str(one) for one in kind.values]
            yield (
                path,
                f"{_name(path)}'{value}' is not one of {', '.join(allowed)}"
                + nearest(str(value), allowed),
            )
    else:
        yield from _scalar(value, kind, path)


def _scalar(value: Any, kind: shapes.Type, path: _Path) -> _Found:
    if isinstance(kind, shapes.StrType):
        if not isinstance(value, str):
            hint = f"; put {value} in quotes" if isinstance(value, (int, float)) else ""
            yield _wrong(value, path, "text", hint)
    elif isinstance(kind, shapes.BoolType):
        if not isinstance(value, bool):
            yield _wrong(value, path, "true or false")
    elif isinstance(kind, shapes.IntType):
        if isinstance(value, bool) or not isinstance(value, int):
            yield _wrong(value, path, "a whole number")
    elif isinstance(kind, shapes.FloatType):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield _wrong(value, path, "a number")
    elif isinstance(kind, shapes.NoneType) and value is not None:
        yield _wrong(value, path, "nothing")


def _union(value: Any, kind: shapes.UnionType, path: _Path) -> _Found:
    """Which member is meant: the one the `type` key names, or the one of the value's own kind."""
    tagged = {
        str(one.tag): one
        for one in kind.types
        if isinstance(one, shapes.StructType) and one.tag is not None
    }
    if tagged and isinstance(value, dict):
        tag = value.get("type")
        if tag is None:
            yield path, f"the key 'type' is missing; write one of {', '.join(tagged)}"
        elif tag not in tagged:
            hint = nearest(str(tag), list(tagged))
            yield (*path, "type"), f"type: '{tag}' is not one of {', '.join(tagged)}{hint}"
        else:
            yield from _struct(value, tagged[tag], path)
        return
    best: list[tuple[_Path, str]] | None = None
    for one in kind.types:
        found = list(_check(value, one, path))
        if not found:
            return
        if best is None or (isinstance(value, list) and isinstance(one, shapes.ListType)):
            best = found
    yield from best or ()


def _struct(value: Any, kind: shapes.StructType, path: _Path) -> _Found:
    if not isinstance(value, dict):
        yield _wrong(value, path, "keys and values")
        return
    fields = {field.encode_name: field for field in kind.fields}
    known = [*fields, kind.tag_field] if kind.tag_field else list(fields)
    for key, member in value.items():
        if key == kind.tag_field:
            if member != kind.tag:
                yield (*path, key), f"type: '{member}' cannot stand here; write {kind.tag}"
        elif key not in fields:
            yield (*path, key), f"unknown key '{key}'" + nearest(str(key), known)
        else:
            yield from _check(member, fields[key].type, (*path, key))
    if kind.tag_field and kind.tag_field not in value:
        yield path, f"the key '{kind.tag_field}' is missing; write {kind.tag_field}: {kind.tag}"
    for field in kind.fields:
        if field.required and field.encode_name not in value:
            yield path, f"the key '{field.encode_name}' is missing"


def _list(value: Any, kind: shapes.ListType, path: _Path) -> _Found:
    if not isinstance(value, list):
        yield _wrong(value, path, "a list")
        return
    for index, member in enumerate(value):
        yield from _check(member, kind.item_type, (*path, index))


def _pair(value: Any, kind: shapes.TupleType, path: _Path) -> _Found:
    if not isinstance(value, list) or len(value) != len(kind.item_types):
        yield _wrong(value, path, f"a list of {len(kind.item_types)}")
        return
    for index, (member, one) in enumerate(zip(value, kind.item_types, strict=True)):
        yield from _check(member, one, (*path, index))


def _name(path: _Path) -> str:
    named = [key for key in path if isinstance(key, str)]
    return f"{named[-1]}: " if named else ""


def _wrong(value: Any, path: _Path, wanted: str, hint: str = "") -> tuple[_Path, str]:
    return path, f"{_name(path)}expected {wanted}, found {_WORDS.get(type(value), 'a date')}{hint}"


def nearest(word: str, among: list[str]) -> str:
    """`; did you mean …?` when one of them is close, else nothing."""
    near = get_close_matches(word, [one for one in among if one], 1)
    return f"; did you mean {near[0]}?" if near else ""
