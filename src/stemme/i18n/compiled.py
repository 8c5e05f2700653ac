"""Catalogues as gettext reads them: a `.po` file turned into the bytes of a `.mo` file."""

from __future__ import annotations

import ast
import struct
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

_MAGIC = 0x950412DE


def header_of(po: Path) -> dict[str, str]:
    """The header of a catalogue, its own fields included (Babel keeps only those it knows)."""
    fields: dict[str, str] = {}
    for line in po.read_text("utf-8").splitlines():
        if line.startswith('"'):
            name, _, value = ast.literal_eval(line).rstrip("\n").partition(": ")
            fields[name] = value
        elif fields and not line.strip():
            break
    return fields


def compile_po(po: Path) -> bytes:
    """The `.mo` form of a catalogue, without what is untranslated or marked fuzzy."""
    with po.open("rb") as file:
        messages = [message for message in read_po(file) if message.id and not message.fuzzy]
    entries = {"": "".join(f"{name}: {value}\n" for name, value in header_of(po).items())}
    entries.update(_entry(message) for message in messages if _is_translated(message))
    return _pack({key.encode(): value.encode() for key, value in entries.items()})


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return all(strings)


def _entry(message: Message) -> tuple[str, str]:
    key = "\0".join(message.id) if isinstance(message.id, list | tuple) else message.id
    text = message.string
    joined = "\0".join(text) if isinstance(text, list | tuple) else str(text)
    return (f"{message.context}\x04{key}" if message.context else key), joined


def _pack(entries: dict[bytes, bytes]) -> bytes:
    """The file: two tables of (length, offset), then the keys in order, then the texts."""
    keys = sorted(entries)
    texts = [entries[key] for key in keys]
    head, table = 28, 8 * len(keys)
    offset = head + 2 * table
    tables = b""
    for column in (keys, texts):
        for item in column:
            tables += struct.pack("<II", len(item), offset)
            offset += len(item) + 1
    start = struct.pack("<IIIIIII", _MAGIC, 0, len(keys), head, head + table, 0, offset)
    return start + tables + b"".join(item + b"\0" for item in (*keys, *texts))
