"""The one stylesheet: Designsystemet's components and our own rules, without what no page uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

COMPONENTS = (
    "data-size-workaround",
    "field",
    "fieldset",
    "input",
    "label",
    "button",
    "alert",
    "error-summary",
    "skip-link",
    "validation-message",
    "heading",
    "paragraph",
    "link",
    "list",
    "card",
    "breadcrumbs",
    "tag",
    "table",
    "details",
    "divider",
)

LAYERS = "@layer ds.theme,ds.base,ds.components,app;"

_STRING = r'"(?:[^"\\]|\\.)*"' r"|'(?:[^'\\]|\\.)*'"
_PIECE = re.compile(rf"{_STRING}|[^;{{}}\"']+|[;{{}}]")
_DECLARED = re.compile(rf"(?<![\w(-])(--[\w-]+)\s*:((?:{_STRING}|[^;{{}}\"'])*);?")
_REFERRED = re.compile(r"var\(\s*(--[\w-]+)")
_ATTRIBUTE = re.compile(r"\[([\w-]+)(?:[~|^$*]?=[\"']?([^\"'\]]*)[\"']?)?[^\]]*\]")
_PSEUDO = re.compile(r"::?[\w-]+(?:\([^()]*\))?")
_WORD = re.compile(r"[a-zA-Z][\w-]*")

_STROKES = ("calc(1.2em - var(--dsc-input-stroke-width))", ".8em")
"""Where the two strokes of a list's arrow stand, from its edge."""

NATIVE = {"html", "body", "open"}
"""What the browser brings without a page mentioning it."""


class Rule(Struct, frozen=True):
    """One declaration or at-rule (`body` None), or a block with what it holds."""

    prelude: str
    body: tuple[Rule, ...] | None = None


def bundle(components: Path | None, theme: str, app: str, pages: str) -> str:
    """Put the stylesheet together; without the component files it is our own rules alone.

    `pages` is the text of all templates and scripts: the component rules whose class,
    attribute or custom element it never mentions are left out.
    """
    parts = [LAYERS]
    if components:
        base = (components / "base.css").read_text()
        chosen = "".join((components / f"{name}.css").read_text() for name in COMPONENTS)
        # Right to left the strokes change places, or the arrow points up.
        chosen = chosen.replace(",".join(_STROKES), ",".join(reversed(_STROKES)))
        parts.append(_layer("ds.base", used_only(base, pages)))
        parts.append(_layer("ds.components", used_only(chosen, pages)))
    parts += [_layer("ds.theme", minified(theme)), _layer("app", minified(app))]
    return "".join(_write(_filled(_parse(_without_unused_properties("".join(parts))))))


def _layer(name: str, css: str) -> str:
    return css if css.startswith("@layer") else f"@layer {name}{{{css}}}"


def minified(css: str) -> str:
    """Drop comments and the white space that means nothing."""
    css = re.sub(rf"({_STRING})|/\*.*?\*/", lambda m: m[1] or "", css, flags=re.DOTALL)
    return "".join(_write(_parse(css)))


def used_only(css: str, pages: str) -> str:
    """The rules that can match something; `data-x="{{ … }}"` stands for every value of data-x."""
    names = set(re.findall(r"[\w-]+", pages))
    names |= {f"{name}=" for name in re.findall(r'([\w-]+)="[^"]*\{[{%]', pages)}
    return "".join(_write(_pruned(_parse(css), names)))


# ---------------------------------------------------------------- reading and writing


def _parse(css: str) -> tuple[Rule, ...]:
    """Read rules, nested ones too; strings may hold braces and semicolons, and so may a url."""
    return _block(iter(_PIECE.findall(css)))


def _block(pieces: Iterator[str]) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    text = ""
    for piece in pieces:
        if piece == "{":
            rules.append(Rule(text.strip(), _block(pieces)))
            text = ""
        elif piece in ";}":
            if text.strip():
                rules.append(Rule(text.strip()))
            text = ""
            if piece == "}":
                break
        else:
            text += piece
    if text.strip():
        rules.append(Rule(text.strip()))
    return tuple(rules)


def _write(rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        if rule.body is None:
            yield _tight(rule.prelude) + ";"
        else:
            body = "".join(_write(rule.body)).removesuffix(";")
            yield f"{_tight(rule.prelude)}{{{body}}}"


def _tight(text: str) -> str:
    """One space where there were many; none around commas, nor after a property's colon."""
    parts = re.split(f"({_STRING})", text)
    for index in range(0, len(parts), 2):
        parts[index] = re.sub(r"\s*,\s*", ",", re.sub(r"\s+", " ", parts[index]))
    return re.sub(r"^([\w-]+)\s*:\s+", r"\1:", "".join(parts))


# ---------------------------------------------------------------- leaving out


def _pruned(rules: Iterable[Rule], names: set[str]) -> tuple[Rule, ...]:
    kept = []
    for rule in rules:
        if rule.body is None or rule.prelude.startswith(("@keyframes", "@font-face", "@property")):
            kept.append(rule)
            continue
        prelude = rule.prelude
        if not prelude.startswith("@"):
            prelude = ",".join(s for s in _alternatives(prelude) if _can_match(s, names))
        body = _pruned(rule.body, names)
        if prelude and body:
            kept.append(Rule(prelude, body))
    return tuple(kept)


def _filled(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Leave out blocks that hold nothing, or nothing any more."""
    for rule in rules:
        body = rule.body and tuple(_filled(rule.body))
        if body != ():
            yield Rule(rule.prelude, body)


def _can_match(selector: str, names: set[str]) -> bool:
    """Whether every element, class and attribute it asks for occurs in some page."""
    plain = ""
    for text, function, argument in _calls(selector):
        plain += text
        if function in ("is", "where", "has") and not any(
            _can_match(alternative, names) for alternative in _alternatives(argument)
        ):
            return False
    for name, value in _ATTRIBUTE.findall(plain):
        if name not in names | NATIVE:
            return False
        if name.startswith(("data-", "type", "role")) and value and not {value, f"{name}="} & names:
            return False
    if any(f":{state}" in plain and state not in names for state in ("disabled", "indeterminate")):
        return False
    words = _WORD.findall(_PSEUDO.sub("", _ATTRIBUTE.sub("", plain)))
    return names | NATIVE >= set(words)


def _calls(selector: str) -> Iterator[tuple[str, str, str]]:
    """Split at `:is(…)` and its like: the text before, the function, its argument."""
    start = 0
    for call in re.finditer(r":(is|where|has|not)\(", selector):
        if call.start() >= start:
            depth, end = 1, call.end()
            while depth:
                depth += {"(": 1, ")": -1}.get(selector[end], 0)
                end += 1
            yield selector[start : call.start()], call[1], selector[call.end() : end - 1]
            start = end
    yield selector[start:], "", ""


def _alternatives(selectors: str) -> list[str]:
    """Split a selector list at its own commas, not at those within brackets."""
    parts, depth = [""], 0
    for character in selectors:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _without_unused_properties(css: str) -> str:
    """Drop custom properties that no rule refers to, until none is left."""
    used = set(_REFERRED.findall(css))
    smaller = _DECLARED.sub(lambda found: found[0] if found[1] in used else "", css)
    return css if smaller == css else _without_unused_properties(smaller)
