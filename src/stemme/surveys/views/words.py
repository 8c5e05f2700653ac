"""Answers in words, and texts with answers in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from stemme.surveys.model import OTHER, Answers, AnswerValue, Choice, Many, Number, One, Slider
from stemme.surveys.rules.layout import Layout, Part
from stemme.surveys.rules.repeating import MARK

Texts = Mapping[str, str]

_PIPE = re.compile(r"\$\{\s*([A-Za-z_]\w*(?:\.\w+)?)\s*\}")
# Whatever is put into a sentence keeps its own direction (Unicode UAX #9, isolates).
_ALONE = "\u2068{}\u2069"


class Wording:
    """The texts of a survey in one language, with answers put in where a text asks for them."""

    def __init__(self, layout: Layout, texts: Texts, answers: Answers | None = None) -> None:
        self._layout = layout
        self._inside = False
        self._texts = texts
        self._answers = answers or {}

    def text(self, path: str, key: str, item: int = 0) -> str:
        """A text by key path; `${name}` in it becomes the answer in words, or nothing.

        `item` is the number of the item of a repeat that it stands in.
        """
        return self.piped(self._texts.get(f"{path}.{key}", ""), item)

    def piped(self, text: str, item: int = 0) -> str:
        """A text with answers put in; what is put in is not looked through again."""
        if "${" not in text or self._inside:
            return text
        self._inside = True
        found = _PIPE.sub(lambda match: self._answer(match[1], item), text)
        self._inside = False
        return found

    def _answer(self, name: str, item: int) -> str:
        owner, _, row = name.partition(".")
        if f"{owner}{MARK}{item}" in self._places:
            owner = f"{owner}{MARK}{item}"
            name = f"{owner}.{row}" if row else owner
        value = self._answers.get(name, self._answers.get(owner))
        index = self._places.get(owner)
        if value is None or index is None:
            return ""
        if isinstance(value, dict):
            value = value.get(row, "")
        words = list(self.in_words(self._layout.parts[index], value)) if value != "" else []
        return _ALONE.format(", ".join(words)) if words else ""

    @cached_property
    def _places(self) -> dict[str, int]:
        return self._layout.calculated | self._layout.questions

    def choice(self, part: Part, choice: Choice) -> str:
        """The label of a choice."""
        if choice.value == OTHER and isinstance(part.node, One | Many) and part.node.other:
            return self.text(part.path, "other") or choice.label
        return self.piped(self._texts.get(f"{part.list_path}.{choice.value}.label", choice.label))

    def in_words(self, part: Part, value: AnswerValue) -> Iterator[str]:
        """An answer in words, a line each."""
        labels = {choice.value: self.choice(part, choice) for choice in part.choices}
        if isinstance(value, dict):
            for row, chosen in value.items():
                said = [labels.get(one, one) for one in _listed(chosen)]
                yield f"{self.text(f'{part.path}.rows.{row}', 'label')}: {', '.join(said)}"
        elif isinstance(part.node, Slider):
            yield self._with_end(part, part.node, value)
        elif isinstance(part.node, Number):
            yield f"{value} {self.text(part.path, 'unit')}".strip()
        else:
            for one in _listed(value):
                line = self._answers.get(f"{part.name}.{OTHER}") if one == OTHER else None
                yield f"{labels.get(one, one)} {line}" if line else labels.get(one, one)

    def _with_end(self, part: Part, node: Slider, value: AnswerValue) -> str:
        """The number, with the words beside it where it is one of the ends."""
        end = "ends.0" if value == node.min else "ends.1" if value == node.max else ""
        words = self.text(part.path, end) if end else ""
        return f"{value} ({words})" if words else str(value)


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
