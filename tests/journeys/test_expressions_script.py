"""Expressions on the phone: the same trees give the same as on the server."""

from __future__ import annotations

import json
import math
import random
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from stemme.surveys.expressions.evaluate import Context, for_phone, result
from stemme.surveys.expressions.parser import FUNCTIONS, parse
from stemme.web import assets

pytestmark = pytest.mark.browser

SCRIPT = Path(assets.__file__).with_name("static") / "expressions.js"
CASES = json.loads((Path(__file__).parents[1] / "fixtures/expressions.json").read_text("utf-8"))
ASK = """async (asked) => {
  const { evaluate } = await import("/expressions.js");
  return asked.map(([tree, known]) => {
    let value = evaluate(tree, known);
    while (Array.isArray(value)) value = value.length ? value[0] : "";
    return typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value;
  });
}"""

Ask = Callable[[list[tuple[Any, dict[str, Any]]]], list[Any]]


@pytest.fixture(scope="module")
def ask(browser: Browser) -> Iterator[Ask]:
    """Gives what the script makes of trees, each with what it may read."""
    page = browser.new_page()

    def answer(route: Route) -> None:
        is_script = route.request.url.endswith(".js")
        route.fulfill(
            body=SCRIPT.read_text(encoding="utf-8") if is_script else "<p>",
            content_type="text/javascript" if is_script else "text/html",
        )

    page.route("https://phone.example/**", answer)
    page.goto("https://phone.example/")
    yield lambda asked: [
        # Whole numbers come back as such, however large; here as there they are doubles.
        float(one) if type(one) is int else one
        for one in page.evaluate(ASK, asked)
    ]
    page.close()


def plain(value: Any) -> Any:
    """A value as it comes back from the browser."""
    while isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": "NaN" if math.isnan(value) else ("-" * (value < 0) + "Infinity")}
    return value


def test_the_phone_gives_what_the_rules_say(ask: Ask) -> None:
    """Every case of the shared file comes out as it stands there."""
    trees = [for_phone(parse(source)) for source, _ in CASES["cases"]]
    trees += [parse(source, columns=True) for source, _ in CASES["filters"]]
    found = ask([(tree, CASES["known"]) for tree in trees])
    stated = [value for _, value in (*CASES["cases"], *CASES["filters"])]
    sources = [source for source, _ in (*CASES["cases"], *CASES["filters"])]
    wrong = [
        (source, value, actual)
        for source, value, actual in zip(sources, stated, found, strict=True)
        if value != actual or isinstance(value, bool) is not isinstance(actual, bool)
    ]
    assert [] == wrong


LEAVES = [
    *("${a}", "${m}", "${n}", "${d}", "${tom}", "${alder}", "${navn}", "${t}", ".", "today()"),
    *("'x'", "''", "'3'", "' 2.50 '", "'2026-05-17'", "'ja nei'", "0", "1", "2.5", "0.1", "12345"),
    *("now()", "position()", "true()", "false()", "'-7'", "'ÅSE😀'"),
]
OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or"]
PATTERNS = ["[0-9]+", "(a|b)*c?", "\\w+", ".{2,4}", "[^ ]+ [^ ]+", "\\d{4}-\\d\\d-\\d\\d", "-?\\d*"]


def expression(chance: random.Random, depth: int) -> str:
    """A random expression that can be read."""
    if depth == 0 or chance.random() < 0.15:
        return chance.choice(LEAVES)
    inner = [expression(chance, depth - 1) for _ in range(4)]
    if chance.random() < 0.4:
        return f"({inner[0]} {chance.choice(OPERATORS)} {inner[1]})"
    name = chance.choice(sorted(FUNCTIONS))
    if name == "regex":
        return f"regex({inner[0]}, '{chance.choice(PATTERNS)}')"
    if name in ("count", "choice-label"):
        return f"{name}(${{{chance.choice(['a', 'm', 'alder', 'barn'])}}})"
    if name == "indexed-repeat":
        return f"indexed-repeat(${{alder}}, ${{barn}}, {inner[0]})"
    least, most = FUNCTIONS[name]
    many = chance.randint(least, 3 if most is None else most)
    return f"{name}({', '.join(inner[:many])})"


def answers(chance: random.Random) -> dict[str, Any]:
    """Random answers, with what else an expression may read."""
    values = [
        "",
        "ja",
        "x y",
        " 3",
        "3.0",
        "2026-02-30",
        "1969-12-31",
        "9" * 20,
        "😀",
        3,
        -2.5,
        0.1,
    ]
    values += [1e15, 123456789.125, -1e-7, 7, "12:30", "2026-05-17T23:59:59", "Infinity", "1e5"]
    drawn = {name: chance.choice(values) for name in ("a", "m", "n", "d", "t")}
    rows = {"alder": [chance.choice(values) for _ in range(3)], "navn": ["A", "", "C"]}
    known = CASES["known"] | {"answers": drawn, "rows": rows | {"barn": [1, 2, 3]}}
    return {**known, "own": chance.choice(values)}


def test_both_agree_on_expressions_at_random(ask: Ask) -> None:
    """Three thousand expressions nobody thought of, each with answers nobody thought of."""
    seed = secrets.randbelow(10**9)
    chance = random.Random(seed)
    sources = [expression(chance, 4) for _ in range(3000)]
    drawn = [answers(chance) for _ in sources]
    trees = [parse(source) for source in sources]
    found = ask([(for_phone(tree), known) for tree, known in zip(trees, drawn, strict=True)])
    differ = [
        (source, known["answers"], known["rows"], known["own"], server, phone)
        for source, known, tree, phone in zip(sources, drawn, trees, found, strict=True)
        if (server := plain(result(tree, Context(**known)))) != phone
        or isinstance(server, bool) is not isinstance(phone, bool)
    ]
    assert [] == differ[:3], f"seed {seed}: {len(differ)} of {len(sources)}"
