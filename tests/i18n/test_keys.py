"""Addresses of translatable texts."""

from io import StringIO

from ruamel.yaml import YAML

from stemme.i18n import keys

SURVEY = """\
id: trivsel
title: Trivsel
intro:
  - Første linje.
  - Andre linje.
lists:
  enighet:
    - {value: uenig, label: Uenig}
items:
  - type: group
    name: bomiljo
    label: Der du bor
    items:
      - type: grid
        name: trygghet
        label: Hvor trygg er du?
        rows:
          - {value: kveld, label: Om kvelden}
        choices: enighet
      - type: slider
        name: fornoyd
        label: Hvor fornøyd er du?
        ends: [Lite, Mye]
"""
PROGRAMME = """\
id: omradesatsing
focus_areas:
  - id: levekar
    title: Levekår
    sub_areas:
      - id: bolig
        title: Bolig
        description: >-
          Boligen
          du bor i.
"""
PLAN = """\
id: trivsel
panels:
  - {question: fornoyd, top_label: Svarte ni eller ti}
"""


def found(text):
    return list(keys.walk(YAML().load(StringIO(text))))


def test_survey_texts_are_addressed_by_names():
    """Groups and questions are addressed by name, choices and rows by value, texts by index."""
    expected = [
        ("trivsel:title", "Trivsel", 2),
        ("trivsel:intro.0", "Første linje.", 4),
        ("trivsel:intro.1", "Andre linje.", 5),
        ("trivsel:lists.enighet.uenig.label", "Uenig", 8),
        ("trivsel:bomiljo.label", "Der du bor", 12),
        ("trivsel:bomiljo.trygghet.label", "Hvor trygg er du?", 16),
        ("trivsel:bomiljo.trygghet.rows.kveld.label", "Om kvelden", 18),
        ("trivsel:bomiljo.fornoyd.label", "Hvor fornøyd er du?", 22),
        ("trivsel:bomiljo.fornoyd.ends.0", "Lite", 23),
        ("trivsel:bomiljo.fornoyd.ends.1", "Mye", 23),
    ]

    assert expected == found(SURVEY)


def test_programme_texts_are_addressed_by_id_alone():
    """Ids are unique in a programme, so moving a sub-area keeps its translation."""
    expected = [
        ("omradesatsing:levekar.title", "Levekår"),
        ("omradesatsing:bolig.title", "Bolig"),
        ("omradesatsing:bolig.description", "Boligen du bor i."),
    ]

    assert expected == [(context, text) for context, text, _ in found(PROGRAMME)]


def test_plan_texts_are_addressed_by_question():
    """A publication plan has a name of its own, so that it cannot collide with its survey."""
    expected = [("plan/trivsel:panels.fornoyd.top_label", "Svarte ni eller ti", 3)]

    assert expected == found(PLAN)
