"""Condition text to a JSON tree: `["or", ["selected", ["ref", "a"], "x"], [">=", ["."], 3]]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

Tree = str | float | list["Tree"]
"""A string or number stands for itself; a list is an operator or function and its operands."""

FUNCTIONS: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(("true", "false", "today", "now", "position", "random"), (0, 0)),
    **dict.fromkeys(("not", "boolean", "number", "string", "int", "floor", "ceiling"), (1, 1)),
    **dict.fromkeys(("abs", "sqrt", "string-length", "normalize-space", "once"), (1, 1)),
    **dict.fromkeys(("lower-case", "upper-case", "date", "decimal-date-time"), (1, 1)),
    **dict.fromkeys(("count-selected", "count", "choice-label"), (1, 1)),
    **dict.fromkeys(("selected", "selected-at", "coalesce", "regex", "contains"), (2, 2)),
    **dict.fromkeys(("starts-with", "ends-with", "pow", "format-date"), (2, 2)),
    **dict.fromkeys(("if", "indexed-repeat", "item-at"), (3, 3)),
    **dict.fromkeys(("concat", "sum", "min", "max"), (1, None)),
    "round": (1, 2),
    "substr": (2, 3),
    "join": (2, None),
    "lookup": (4, 4),
}
"""Function name to the fewest and most operands it takes."""

_TOKEN = re.compile(
    r"""\s+
      | \$\{\s*(?P<ref>[A-Za-z_][\w-]*(?:\.[\w-]+)?)\s*\}
      | (?P<str>"[^"]*"|'[^']*')
      | (?P<num>\d+(?:\.\d+)?)
      | (?P<word>[A-Za-z_][\w-]*)
      | (?P<op>!=|<=|>=|[=<>+*(),.-])""",
    re.VERBOSE | re.ASCII,
)
_DEEPEST = 50


class ExpressionWrong(ValueError):
    """The condition cannot be read; `column` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"{message} (column {column})")
        self.column = column


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    column: int


def tokens(source: str) -> list[Token]:
    """The tokens of a condition, closed by one of kind `end`."""
    found: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise ExpressionWrong(_unreadable(source, at), at + 1)
        if match.lastgroup is not None:
            found.append(Token(match.lastgroup, match.group(match.lastgroup), at + 1))
        at = match.end()
    found.append(Token("end", "", len(source) + 1))
    return found


def _unreadable(source: str, at: int) -> str:
    character = source[at]
    if character in "‘’“”":
        return f"curly quote {character}; write a straight one (')"
    if character == "$":
        return "write a question as ${name}"
    if character in "'\"":
        return "the quote is never closed"
    return f"cannot read {character!r}"


class _Parser:
    def __init__(self, source: str, *, columns: bool = False) -> None:
        self._tokens = tokens(source)
        self._columns = columns
        self._at = 0
        self._depth = 0

    def whole(self) -> Tree:
        tree = self._any()
        token = self._peek()
        if token.kind != "end":
            raise ExpressionWrong(f"did not expect {token.text!r} here", token.column)
        return tree

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _takes(self, kind: str, *texts: str) -> str | None:
        token = self._peek()
        if token.kind == kind and token.text in texts:
            self._at += 1
            return token.text
        return None

    def _any(self) -> Tree:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionWrong("too many brackets inside each other", self._peek().column)
        tree = self._all()
        while self._takes("word", "or"):
            tree = ["or", tree, self._all()]
        self._depth -= 1
        return tree

    def _all(self) -> Tree:
        tree = self._equality()
        while self._takes("word", "and"):
            tree = ["and", tree, self._equality()]
        return tree

    def _equality(self) -> Tree:
        tree = self._relation()
        while operator := self._takes("op", "=", "!="):
            tree = [operator, tree, self._relation()]
        return tree

    def _relation(self) -> Tree:
        tree = self._sum()
        while operator := self._takes("op", "<", "<=", ">", ">="):
            tree = [operator, tree, self._sum()]
        return tree

    def _sum(self) -> Tree:
        tree = self._product()
        while operator := self._takes("op", "+", "-"):
            tree = [operator, tree, self._product()]
        return tree

    def _product(self) -> Tree:
        tree = self._signed()
        while operator := self._takes("op", "*") or self._takes("word", "div", "mod"):
            tree = [operator, tree, self._signed()]
        return tree

    def _signed(self) -> Tree:
        if self._takes("op", "-"):
            return ["neg", self._atom()]
        return self._atom()

    def _atom(self) -> Tree:
        token = self._next()
        if token.kind == "ref":
            return ["ref", token.text]
        if token.kind == "str":
            return token.text[1:-1]
        if token.kind == "num":
            return float(token.text)
        if token.kind == "op" and token.text == ".":
            return ["."]
        if token.kind == "op" and token.text == "(":
            tree = self._any()
            self._closes("a closing bracket")
            return tree
        if token.kind == "word":
            return self._call(token)
        if token.kind == "end":
            raise ExpressionWrong("something is missing at the end", token.column)
        raise ExpressionWrong(f"did not expect {token.text!r} here", token.column)

    def _closes(self, what: str) -> None:
        if not self._takes("op", ")"):
            raise ExpressionWrong(f"{what} is missing", self._peek().column)

    def _call(self, name: Token) -> Tree:
        if not self._takes("op", "("):
            if self._columns:
                return ["col", name.text]
            raise ExpressionWrong(
                f"{name.text!r} alone; a question is written ${{{name.text}}}, "
                f"a text '{name.text}'",
                name.column,
            )
        if name.text not in FUNCTIONS:
            near = get_close_matches(name.text, FUNCTIONS, 1)
            hint = f"; did you mean {near[0]}()?" if near else ""
            raise ExpressionWrong(f"there is no function {name.text}(){hint}", name.column)
        operands: list[Tree] = []
        if not self._takes("op", ")"):
            operands.append(self._any())
            while self._takes("op", ","):
                operands.append(self._any())
            self._closes(f"the closing bracket of {name.text}()")
        least, most = FUNCTIONS[name.text]
        if len(operands) < least or (most is not None and len(operands) > most):
            raise ExpressionWrong(
                f"{name.text}() takes {_count(least, most)}, not {len(operands)}", name.column
            )
        return [name.text, *operands]


def _count(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} or more values"
    if least == most:
        return f"{least} value{'' if least == 1 else 's'}"
    return f"{least} or {most} values"


def parse(source: str, *, columns: bool = False) -> Tree:
    """The tree of an expression; raises `ExpressionWrong` with the column of the mistake.

    With `columns`, as in the filter of a list of choices, a bare word is what is known of a choice:
    `kommune = ${kommune}` reads the column on the left and the answer on the right.
    """
    return _Parser(source, columns=columns).whole()
