"""A survey through the office's hands, over HTTP."""

from __future__ import annotations

PAGE = "/nb/surveys/gata"


async def test_the_whole_way(door) -> None:
    """Open, close with a grace time, release, results: each page says what comes next."""
    planner = await door.member("programme")
    analyst = await door.member("analyst")
    owner = await door.database.connect("owner")
    home = await planner.get("/nb/")
    assert "Klar til å åpnes." in home.text
    assert 303 == (await planner.send(PAGE, f"{PAGE}/open", wave=1)).status_code
    shown = await planner.get(PAGE)
    assert "Ikke talt ennå" in shown.text
    assert "Lukk undersøkelsen" in shown.text
    assert "Lukk undersøkelsen" not in (await analyst.get(PAGE)).text
    assert 303 == (await planner.send(PAGE, f"{PAGE}/close", wave=1, grace=60)).status_code
    early = await analyst.send(PAGE, f"{PAGE}/release", wave=1)
    assert 409 == early.status_code
    assert "Det kan komme flere svar ennå." in early.text
    await owner.execute("update wave set late_until = now()")
    assert "Frigi resultatene" in (await analyst.get(PAGE)).text
    assert "En analytiker eller administrator kan frigi dem." in (await planner.get(PAGE)).text
    assert 303 == (await analyst.send(PAGE, f"{PAGE}/release", wave=1)).status_code
    waiting = await analyst.get(PAGE)
    assert "5" == waiting.headers["refresh"]
    await owner.execute("select refuse_release('gata', 1, 'Bare sju svar i alt.')")
    refused = await analyst.get(PAGE)
    assert "Bare sju svar i alt." in refused.text
    assert "refresh" not in refused.headers
    await owner.execute("select publish_release('gata', 1, '{}')")
    done = await planner.get(PAGE)
    assert "http://127.0.0.1:8000/nb/results/gata" in done.text
    assert "Åpne runde 2" in done.text
    await owner.close()


async def test_second_to_close_is_told(door) -> None:
    """Whoever closes what a colleague has just closed sees where it is now, and nothing is lost."""
    planner = await door.member("programme")
    await planner.send(PAGE, f"{PAGE}/open", wave=1)
    token = await planner.token(PAGE)
    for expected in (303, 409):
        answer = await planner.post(f"{PAGE}/close", {"_csrf": token, "wave": "1", "grace": "30"})
        assert expected == answer.status_code
    assert "Noen andre har gjort noe her i mellomtiden." in answer.text
    assert "Lukket." in answer.text


async def test_forged_and_wrong_fields(door) -> None:
    """A grace time that is no time, or a wave there is not, changes nothing and says why."""
    planner = await door.member("programme")
    await planner.send(PAGE, f"{PAGE}/open", wave=1)
    for grace in ("", "-1", "1,5", "mange", "10081", "9" * 400, "\x00"):
        answer = await planner.send(PAGE, f"{PAGE}/close", wave=1, grace=grace)
        assert 422 == answer.status_code, grace
        assert "Skriv et helt antall minutter" in answer.text
        assert 'aria-invalid="true"' in answer.text
    for wave in ("", "0", "2", "-1", "x", "9" * 400, "1.5"):
        answer = await planner.send(PAGE, f"{PAGE}/close", wave=wave, grace="0")
        assert 409 == answer.status_code, wave
    for slug in ("finnes-ikke", "%00", "x" * 3000, "..%2f..%2fetc"):
        assert 404 == (await planner.get(f"/nb/surveys/{slug}")).status_code, slug
        for act in ("open", "close", "release"):
            path = f"/nb/surveys/{slug}/{act}"
            answer = await planner.send(PAGE, path, wave="1", grace="0")
            assert answer.status_code in (403, 404, 409), (path, answer.status_code)
        assert 404 == (await planner.get(f"/nb/surveys/{slug}/poster.pdf")).status_code
    assert "Åpen siden" in (await planner.get(PAGE)).text


async def test_poster_of_a_survey(door) -> None:
    """The poster's code leads to the survey; both files are there for whoever is signed in."""
    person = await door.member("facilitator")
    drawing = await person.get(f"{PAGE}/poster.svg")
    assert (200, "image/svg+xml") == (drawing.status_code, drawing.headers["content-type"])
    assert "Hvordan er gata di?" in drawing.text
    printed = await person.get(f"{PAGE}/poster.pdf")
    assert (200, "application/pdf") == (printed.status_code, printed.headers["content-type"])
    assert printed.content.startswith(b"%PDF-1.7")
    assert 404 == (await person.get("/nb/surveys/finnes-ikke/poster.pdf")).status_code
