"""Publishing: what is frozen, what is refused, and what may change while people answer."""

import shutil
from pathlib import Path

import msgspec
import pytest

from stemme import cli
from stemme.surveys import store
from stemme.surveys.service import publishing, reading, sample

WHOLE = Path(__file__).parent / "fixtures" / "whole.yaml"


@pytest.fixture
def rewrite(place, translate):
    """Change words of the survey file, and translate it anew."""

    def change(*changes):
        path = place / "surveys" / "whole.yaml"
        text = path.read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
        translate(place, path, "ar")

    return change


async def test_publishing_freezes_every_language(owner, config):
    """A revision holds the structure and the texts of all its languages."""
    await publishing.publish_all(owner, config)

    version = await reading.published(owner, "whole")

    assert {"nb", "ar"} == set(version.texts)
    assert "ar Bor du her?" == version.texts["ar"]["side_bo.bor_her.label"]
    assert 1 == version.revision
    wave = await store.find_current_wave(owner, "whole")
    assert (1, "draft", 1) == (wave.wave, wave.state, wave.revision)


async def test_publishing_again_changes_nothing(owner, config):
    """The same file and texts are the same revision."""
    await publishing.publish_all(owner, config)

    again = await publishing.publish_all(owner, config)

    assert [("unchanged", 1)] == [(one.outcome, one.revision) for one in again]
    assert 1 == await owner.fetchval("select count(*) from survey_version")


async def test_texts_may_change_while_people_answer(owner, config, rewrite):
    """Better words are a new revision of the open wave; going back to the old is one too."""
    await publishing.publish_all(owner, config)
    await owner.execute("update wave set state = 'open'")
    rewrite(("Bor du her?", "Bor du her nå?"))
    assert "revised" == (await publishing.publish_all(owner, config))[0].outcome
    rewrite(("Bor du her nå?", "Bor du her?"))

    back = (await publishing.publish_all(owner, config))[0]

    assert ("revised", 3) == (back.outcome, back.revision)
    assert [(1, 3)] == [tuple(r) for r in await owner.fetch("select wave, revision from wave")]


@pytest.mark.parametrize("state", ["open", "closed", "releasing"])
async def test_structure_may_not_change_while_it_matters(owner, config, rewrite, state):
    """A new choice is refused from opening until the release, with a reason."""
    await publishing.publish_all(owner, config)
    await owner.execute("update wave set state = $1", state)
    rewrite(("{value: benker, label: Benker}", "{value: benk, label: Benker}"))

    refused = (await publishing.publish_all(owner, config))[0]

    assert "refused" == refused.outcome
    assert f"wave 1 is {state} and not released" in refused.complaints[0].message
    assert "surveys/whole.yaml:1:" in str(refused.complaints[0])


@pytest.mark.parametrize("state", ["draft", "released"])
async def test_structure_may_change_before_and_after(owner, config, rewrite, state):
    """Before opening, and once released, a survey may be rebuilt; a new wave waits for it."""
    await publishing.publish_all(owner, config)
    if state == "released":
        await owner.execute(
            "update wave set state = 'closed', closed_at = now(), late_until = now()"
        )
        assert "released" == await owner.fetchval("select publish_release('whole', 1, '{}')")
    rewrite(("{value: benker, label: Benker}", "{value: benk, label: Benker}"))

    assert "revised" == (await publishing.publish_all(owner, config))[0].outcome
    waves = await store.list_waves(owner, "whole")
    expected = [("draft", 2)] if state == "draft" else [("released", 1), ("draft", 2)]
    assert expected == [(one.state, one.revision) for one in waves]


async def test_a_missing_translation_keeps_a_survey_closed_and_the_rest_runs(
    owner, config, place, translate
):
    """One text without Arabic refuses that survey, by line; the other is published."""
    shutil.copy(WHOLE, place / "surveys" / "whole-too.yaml")
    other = place / "surveys" / "whole-too.yaml"
    other.write_text(
        WHOLE.read_text("utf-8").replace("id: whole", "id: whole-too").replace("[nb, ar]", "[nb]"),
        "utf-8",
    )
    translate(place, WHOLE, "ar", without="trivsel.why")

    published = await publishing.publish_all(owner, config)

    assert [("whole", "refused"), ("whole-too", "new")] == [
        (one.survey, one.outcome) for one in published
    ]
    line = 1 + WHOLE.read_text("utf-8").split("\n").index(
        next(text for text in WHOLE.read_text("utf-8").split("\n") if "name: trivsel" in text)
    )
    assert [f"surveys/whole.yaml:{line}: no translation to ar of side_bolig.trivsel.why"] == [
        str(one).partition(" (")[0] for one in published[0].complaints
    ]


async def test_structure_is_what_answers_depend_on(config):
    """Words, order of languages and ties to the programme are not structure; bounds are."""
    survey, _ = publishing.check_file(config, WHOLE)
    page = survey.items[0]
    worded = msgspec.structs.replace(survey, title="Noe annet", minutes=9, about=[])
    number = msgspec.structs.replace(page.items[2], max=21)
    bounded = msgspec.structs.replace(
        survey,
        items=[msgspec.structs.replace(page, items=[*page.items[:2], number]), *survey.items[1:]],
    )

    assert publishing.structure_digest(survey) == publishing.structure_digest(worded)
    assert publishing.structure_digest(survey) != publishing.structure_digest(bounded)


async def test_sample_answers_are_plausible_marked_and_made_once(owner, config):
    """Wave 0 is a closed sample ready to release; every answer would pass the form."""
    await publishing.publish_all(owner, config)

    assert await sample.ensure_sample(owner, config, "whole", 200)
    assert not await sample.ensure_sample(owner, config, "whole", 200)

    rows = await owner.fetch("select wave, channel, coded, texts from answer")
    wave = (await store.list_waves(owner, "whole"))[0]
    assert {(0, "sample")} == {(row["wave"], row["channel"]) for row in rows}
    assert (200, True, "closed") == (len(rows), wave.sample, wave.state)
    assert await owner.fetchval("select late_until < now() from wave where wave = 0")
    texts = {text for row in rows for text in row["texts"].values()}
    assert {sample.SAMPLE_TEXT} == texts


async def test_the_same_survey_has_the_same_sample(config):
    """Nothing but the day differs from one making to the next."""
    import datetime

    survey, _ = publishing.check_file(config, WHOLE)
    day = datetime.date(2026, 11, 20)

    assert sample.sample_rows(survey, 1, 50, day) == sample.sample_rows(survey, 1, 50, day)


async def test_every_sample_answer_follows_the_rules(config):
    """No invented answer is one that a person could not give."""
    import datetime

    from stemme.surveys.rules.layout import lay_out
    from stemme.surveys.rules.values import problem_with

    for path in publishing.survey_files(config):
        survey, _ = publishing.check_file(config, path)
        layout = lay_out(survey)
        for row in sample.sample_rows(survey, 1, 300, datetime.date(2026, 11, 20)):
            for name, value in row[6].items():
                assert None is problem_with(layout.question(name), value, {}), (name, value)


async def test_open_surveys_are_listed_with_their_wave(owner, config):
    """Who builds the home page gets each survey with its current wave; samples are not waves."""
    await publishing.publish_all(owner, config)
    await sample.ensure_sample(owner, config, "whole", 20)

    listed = await reading.list_surveys(owner)

    assert [("whole", 1, "draft")] == [(v.survey, w.wave, w.state) for v, w in listed]
    assert None is await reading.published(owner, "nothing")


async def test_questions_are_found_by_what_they_are_about(owner, config, rewrite):
    """A row's own tie goes before its grid's, and that before its page's."""
    rewrite(
        ("label: Boligen\n", "label: Boligen\n    about: [bolig-og-nabolag]\n"),
        ("label: Det er trygt her}", "label: Det er trygt her, about: [medvirkning]}"),
    )
    await publishing.publish_all(owner, config)
    version = await reading.published(owner, "whole")

    found = reading.questions_about(version, ["bolig-og-nabolag"])
    other = reading.questions_about(version, ["medvirkning"])

    assert ["enig.pent", "trivsel"] == [one.variable for one in found]
    assert [("enig.trygt", "ar Hvor enig er du?", "ar Det er trygt her")] == [
        (one.variable, one.label("ar"), one.row_label("ar")) for one in other
    ]


@pytest.mark.usefixtures("config")
def test_validate_lists_every_complaint(place, rewrite, monkeypatch, capsys):
    """`stemme validate` exits 1 with file and line of each, and 0 when all is well."""
    monkeypatch.setenv("STEMME_PLACE", str(place))
    assert 0 == cli.main(["validate"])
    rewrite(("mode: anonymous", "mode: confidential"), ("minutes: 1", "minutes: 0"))

    assert 1 == cli.main(["validate"])

    said = capsys.readouterr().err
    assert "surveys/whole.yaml:13: mode 'confidential' is not available yet" in said
    assert "surveys/whole.yaml:16: minutes must be 1 or more" in said


def test_the_surveys_of_the_place_have_plausible_samples():
    """The delivered surveys too: small groups exist, and most people answer."""
    import datetime
    from collections import Counter

    from ruamel.yaml import YAML

    from stemme.surveys.model import Survey

    path = Path(__file__).parents[2] / "surveys" / "torstrand-nullpunkt.yaml"
    survey = msgspec.convert(YAML(typ="safe", pure=True).load(path), Survey)

    rows = sample.sample_rows(survey, 1, 400, datetime.date(2026, 11, 20))

    gender = Counter(row[6].get("kjonn") for row in rows)
    assert 0 < gender["annet"] < 40
    assert sum("trivsel_liv" in row[6] for row in rows) > 300
