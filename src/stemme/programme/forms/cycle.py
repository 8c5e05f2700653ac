"""The plan of a year and the evaluation of a project, as the office types them."""

from __future__ import annotations

from collections.abc import Collection

from litestar.datastructures import FormMultiDict

from stemme.i18n import lazy as _
from stemme.programme.forms import fields
from stemme.programme.forms.fields import Complaints
from stemme.programme.model import EVALUATION_FIELDS

YEAR = _("Skriv et årstall i programperioden.")
NEEDED = ("done", "results")
"""Without these there is nothing to report."""


def read_plan(form: FormMultiDict, measures: Collection[str]) -> tuple[list[str], str, Complaints]:
    """Give the measures of a year, a note, and what would be right."""
    chosen = [one for one in fields.texts(form, "measure") if one in measures]
    complaints: Complaints = {}
    if not chosen:
        complaints["measures"] = _("Velg minst ett tiltak.")
    return chosen, fields.text(form, "note"), complaints


def read_evaluation(form: FormMultiDict, *, final: bool) -> tuple[dict[str, str], Complaints]:
    """Give the answers of the form; a draft may lack any, what is final has what was done."""
    given = {name: fields.text(form, name, 6000) for name in EVALUATION_FIELDS}
    complaints: Complaints = {}
    for name in NEEDED if final else ():
        if not given[name]:
            complaints[name] = _("Svar her før du gjør ferdig evalueringen.")
    return {name: value for name, value in given.items() if value}, complaints
