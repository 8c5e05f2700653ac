"""The poster of the thread is one page, however much was said."""

from __future__ import annotations

import datetime
import uuid
from importlib.resources import files

import msgspec
import pytest
import typst

from stemme.dashboards.service import poster
from stemme.dashboards.service.thread import Scope, Thread
from stemme.programme.model import Input, PublicDecision
from stemme.programme.service.thread import Answered
from stemme.surveys.poster import FONTS

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
TEMPLATE = files("stemme.dashboards") / "templates/staff/thread.typ"


def answered(words: int) -> Answered:
    """An answer with so many words."""
    said = Input(
        origin="survey/x", id=uuid.uuid4(), kind="question", ref="1/x", source_language="nb",
        titles={"nb": "Nabolaget ditt " * words}, about=["mobilitet"], received_on=NOW.date(),
        sample=True,
    )  # fmt: skip
    decision = PublicDecision(
        id=uuid.uuid4(), version=1, answer="partly", reason="Møteplasser kommer. " * words,
        decided_by="Styringsgruppen for områdesatsingen", decided_on=NOW.date(),
        inputs=[said.id], published_at=NOW, changed_at=NOW,
    )  # fmt: skip
    return Answered(decision, [said])


@pytest.mark.parametrize("lang", ["nb", "ar", "ti"])
@pytest.mark.parametrize(("answers", "words"), [(0, 0), (1, 3), (2, 8), (2, 60), (9, 60)])
def test_one_page(lang, answers, words, postgres):
    """Few and short answers are set large, many and long ones are cut."""
    thread = Thread([answered(words) for _ in range(answers)], 3, {})
    owner = ("Områdesatsing Torstrand, Larvik kommune", "https://eksempel.no")
    made = poster.compose(thread, Scope(), "Historie, kultur og identitet", owner, lang)
    build = postgres.config("template").build
    assert b"%PDF" == poster.print_pdf(made, build)[:4]
    drawn = typst.compile(
        str(TEMPLATE),
        font_paths=[str(path) for path in (*FONTS, build / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"poster": msgspec.json.encode(made).decode()},
        format="png",
        ppi=20,
    )
    assert isinstance(drawn, bytes)
