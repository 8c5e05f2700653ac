"""Posted forms of proposals to structs, one complaint a field."""

from stemme.proposals.forms.planning import EMPTY_QUESTION, read_check, read_round, words
from stemme.proposals.forms.writing import (
    TYPED,
    clean,
    comment,
    first_step,
    kroner,
    line,
    names_somebody,
    second_step,
)

__all__ = [
    "EMPTY_QUESTION",
    "TYPED",
    "clean",
    "comment",
    "first_step",
    "kroner",
    "line",
    "names_somebody",
    "read_check",
    "read_round",
    "second_step",
    "words",
]
