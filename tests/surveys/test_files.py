"""Survey files: what is right is read, and every mistake is named with its line."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stemme.i18n.keys import walk
from stemme.surveys import files
from stemme.surveys.files.shape import nearest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TREE = frozenset({"bolig", "medvirkning"})
WRONG = sorted((HERE / "fixtures" / "wrong").glob("*.yaml"))
TYPES = sorted((HERE / "fixtures" / "types").glob("*.yaml"))


def expected(path: Path) -> list[tuple[int, str]]:
    found = re.findall(r"^# wrong (\d+): (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return [(int(line), message) for line, message in found]


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_every_mistake_is_named_with_its_line(path):
    """A wrong file gives exactly the complaints it is annotated with, and no survey."""
    survey, complaints = files.load(path, TREE)

    unexplained = [
        str(one)
        for one in complaints
        if not any(one.line == line and text in one.message for line, text in expected(path))
    ]
    unsaid = [
        (line, text)
        for line, text in expected(path)
        if not any(one.line == line and text in one.message for one in complaints)
    ]

    assert ([], [], None) == (unexplained, unsaid, survey)


@pytest.mark.parametrize("path", TYPES, ids=lambda path: path.stem)
def test_each_question_type_is_read(path):
    """A tiny survey of each type has no complaint."""
    survey, complaints = files.load(path, TREE)

    assert [] == complaints
    assert path.stem == survey.id


def test_a_complaint_reads_as_file_line_message():
    """Editors jump to `file:line: message`."""
    path = HERE / "fixtures" / "wrong" / "mode-to-come.yaml"

    _, complaints = files.load(path, TREE)

    assert (
        f"{path.as_posix()}:10: mode 'confidential' is not available yet; write anonymous"
        == str(complaints[0])
    )


def test_a_text_without_translation_is_named_with_its_language(tmp_path, monkeypatch):
    """What a language lacks is a complaint at the line of the text; a whole language is one."""
    path = tmp_path / "prove.yaml"
    text = (HERE / "fixtures" / "types" / "text.yaml").read_text("utf-8")
    path.write_text(text.replace("id: text", "id: prove").replace("[nb]", "[nb, nn, pl]"), "utf-8")
    source, survey, _ = files.load_text(path, TREE)
    lacking = "prove:side.kort.label"
    monkeypatch.setattr(
        "stemme.surveys.files.reading.find_content_text",
        lambda _, lang, context, text: None if lang == "pl" or context == lacking else text,
    )

    complaints = files.complaints_of_translations(source, survey)

    assert [(8, True), (20, True)] == [
        (one.line, ("pl" in one.message) != ("nn" in one.message)) for one in complaints
    ]


def test_the_surveys_of_the_place_have_no_complaint():
    """What is delivered can be published, translations apart."""
    from stemme.programme.files import load

    tree = load(ROOT / "dashboards" / "programme.yaml")[0].ids()

    complaints = [
        str(one) for path in (ROOT / "surveys").glob("*.yaml") for one in files.load(path, tree)[1]
    ]

    assert [] == complaints


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_in_a_file_no_exception_comes_out(tmp_path_factory, data):
    """A file with any line cut or garbled gives complaints, never a traceback."""
    lines = (HERE / "fixtures" / "types" / "shown.yaml").read_text("utf-8").split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    garbage = data.draw(
        st.sampled_from(["", "- 3", "x: [", "items: 4", "  - null", "type: grid", "?"])
    )
    path = tmp_path_factory.mktemp("garbled") / "shown.yaml"
    path.write_text("\n".join([*lines[:at], garbage, *lines[at + 1 :]]), "utf-8")

    survey, complaints = files.load(path, TREE)

    assert (survey is None) == bool(complaints)


def test_a_near_name_is_offered():
    """A slip of a finger is answered with the name that was meant."""
    assert "; did you mean label?" == nearest("lable", ["label", "hint"])
    assert "" == nearest("colour", ["label", "hint"])


def test_key_paths_are_those_of_the_catalogues():
    """The texts a page looks up stand under the paths that translators see."""
    survey, _ = files.load(HERE / "fixtures" / "types" / "grid.yaml", TREE)
    import msgspec

    paths = {context.partition(":")[2] for context, _, _ in walk(msgspec.to_builtins(survey))}

    assert {
        "side.samhold.rows.hjelper.label",
        "lists.enighet.uenig.label",
        "side.samhold.label",
        "intro.0",
    } <= paths
