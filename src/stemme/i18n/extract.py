"""Catalogue templates from the code and the content, and the catalogues brought up to them.

`python -m stemme.i18n.extract` writes; with `--check` it only tells what would change.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from ruamel.yaml import YAML

import stemme
from stemme import config as settings
from stemme.i18n import keys
from stemme.i18n.compiled import header_of
from stemme.i18n.languages import LANGUAGES, SOURCE, STAFF_LANGUAGES

DOMAINS = ("resident", "staff", "surveys", "programme")
KEYWORDS = {"_": None, "lazy": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
STAFF_ROOMS = frozenset(
    {"crosstabs.py", "crosstab_files.py", "analysis.py", "findings.py"}
    | {"staff", "fieldwork.py", "coding.py", "decisions.py", "measures.py", "cycle.py"}
    | {"planning.py", "moderation.py", "afterwards.py", "members.py", "freezing.py", "checking.py"}
)
"""A file with one of these in its path is read by staff only, so its words need fewer languages."""

SILENT_ROOMS = frozenset({"cli.py", "build", "db"})
"""Files whose words never reach a page."""

_KEPT_FIELDS = ("X-Review-Status", "Last-Translator")


class Found(msgspec.Struct, frozen=True):
    """One message and the file it stands in."""

    ids: str | tuple[str, ...]
    context: str | None
    file: str


def templates(place: Path, code: Path) -> dict[str, Catalog]:
    """The template of each domain: what there is to translate now."""
    interface = list(_interface(code))
    resident = [one for one in interface if not _is_staff(one.file)]
    known = {(one.ids, one.context) for one in resident}
    staff = [
        one for one in interface if _is_staff(one.file) and (one.ids, one.context) not in known
    ]
    surveys = [*sorted((place / "surveys").glob("*.yaml")), *_plans(place)]
    programme = [place / "dashboards" / "programme.yaml"]
    return {
        "resident": _catalogue(resident),
        "staff": _catalogue(staff),
        "surveys": _catalogue(_content(place, surveys)),
        "programme": _catalogue(_content(place, programme)),
    }


def _plans(place: Path) -> list[Path]:
    return [p for p in sorted((place / "dashboards").glob("*.yaml")) if p.name != "programme.yaml"]


def _is_staff(file: str) -> bool:
    return not STAFF_ROOMS.isdisjoint(Path(file).parts)


def _interface(code: Path) -> Iterator[Found]:
    """Messages of templates and Python, in the order of their paths."""
    for path in sorted((*code.rglob("*.html"), *code.rglob("*.py"))):
        parts = path.relative_to(code).parts
        if SILENT_ROOMS.isdisjoint(parts):
            yield from _file(path, Path("src", code.name, *parts).as_posix())


def _file(path: Path, name: str) -> Iterator[Found]:
    source = path.read_bytes()
    method, options = ("jinja2", {"newstyle_gettext": "true", "silent": "false"})
    if path.suffix == ".py":
        method, options = "python", {}
        yield from (Found(text, None, name) for text in _facts(source.decode()))
    rows = extract(
        method, io.BytesIO(source), keywords=KEYWORDS, options=options, strip_comment_tags=True
    )
    for _line, ids, _comments, context in rows:
        yield Found(ids if isinstance(ids, str) else tuple(ids), context, name)


def _facts(source: str) -> Iterator[str]:
    """The `message` of every exception: a fact lies below the catalogues and marks nothing."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef):
            continue
        for line in node.body:
            match line:
                case ast.Assign(targets=[ast.Name("message")], value=ast.Constant(str(text))):
                    yield text
                case ast.AnnAssign(target=ast.Name("message"), value=ast.Constant(str(text))):
                    yield text


def _content(place: Path, files: Iterable[Path]) -> Iterator[Found]:
    for path in files:
        if not path.exists():
            continue
        document = YAML().load(path)
        for context, text, _line in keys.walk(document):
            yield Found(text, context, path.relative_to(place).as_posix())


def _catalogue(found: Iterable[Found]) -> Catalog:
    catalog = Catalog(charset="utf-8")
    for one in found:
        catalog.add(one.ids, locations=[(one.file, 0)], context=one.context)
    return catalog


def texts(place: Path, code: Path) -> dict[Path, str]:
    """Path and text of every template and catalogue as they should stand."""
    wanted: dict[Path, str] = {}
    for domain, template in templates(place, code).items():
        wanted[place / "locales" / f"{domain}.pot"] = _text(template, _header("", None))
        for lang in STAFF_LANGUAGES if domain == "staff" else LANGUAGES:
            if lang == SOURCE:
                continue
            po = place / "locales" / lang / "LC_MESSAGES" / f"{domain}.po"
            kept = header_of(po) if po.exists() else {}
            wanted[po] = _text(_filled(template, po, lang), _header(lang, kept))
    return wanted


def _filled(template: Catalog, po: Path, lang: str) -> Catalog:
    """The template with the translations that still fit; a changed source text starts empty."""
    known: Catalog | None = None
    if po.exists():
        with po.open("rb") as file:
            known = read_po(file)
    catalog = Catalog(charset="utf-8")
    catalog.mime_headers = [("Plural-Forms", LANGUAGES[lang].plurals.header)]
    for message in template:
        if not message.id:
            continue
        old = known.get(message.id, message.context) if known is not None else None
        fits = old is not None and not old.fuzzy and old.id == message.id
        string = old.string if old is not None and fits else _empty(message, catalog)
        catalog.add(
            message.id,
            string,
            locations=message.locations,
            user_comments=old.user_comments if old is not None and fits else (),
            context=message.context,
        )
    return catalog


def _empty(message: Message, catalog: Catalog) -> str | tuple[str, ...]:
    return ("",) * catalog.num_plurals if message.pluralizable else ""


def _header(lang: str, kept: dict[str, str] | None) -> str:
    """The header without dates: a run that changes nothing must leave no diff."""
    fields = {
        "Project-Id-Version": "stemme",
        "Language": lang,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    if kept is not None:
        fields["Plural-Forms"] = LANGUAGES[lang].plurals.header
        fields["X-Review-Status"] = "draft"
        fields.update({name: kept[name] for name in _KEPT_FIELDS if name in kept})
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in fields.items())
    return f'msgid ""\nmsgstr ""\n{lines}\n'


def _text(catalog: Catalog, header: str) -> str:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, omit_header=True, include_lineno=False)
    return header + buffer.getvalue().decode().rstrip("\n") + "\n"


def main(argv: list[str] | None = None) -> int:
    """Write the catalogues; with `--check` only name those that are not current, and exit 1."""
    parser = argparse.ArgumentParser(prog="python -m stemme.i18n.extract", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, name what is stale")
    arguments = parser.parse_args(argv)
    place = settings.load().place
    stale = [
        (path, text)
        for path, text in texts(place, Path(stemme.__file__).parent).items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    for path, text in stale:
        if arguments.check:
            print(
                f"{path.relative_to(place)}:1: not current; run python -m stemme.i18n.extract",
                file=sys.stderr,
            )
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return 1 if arguments.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
