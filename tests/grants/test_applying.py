"""Applying on a phone without script: save and resume, sums, files, deadline, taking back."""

from __future__ import annotations

import asyncio
import io

import pytest
from PIL import Image

from stemme.grants import sealing
from stemme.grants.service import upkeep

from .conftest import HERE, MONEY, PROJECT, SLUG, YOU, Phone


def picture(size=(40, 30)):
    """A JPEG that says where it was taken."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", size, "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_apply(phone, owner):
    """Every step is kept, sums are read in three scripts of digits, and it is sent once."""
    one = await phone().apply()
    assert (200, "Benker ved elva") == (one.status, one.heading)
    assert "Vi har mottatt søknaden." in one.page
    stored = await owner.fetch(
        "select title, total, asked, version, state, number from grant_application"
    )
    assert [("Benker ved elva", 5000, 5000, 1, "sent", 1)] == [tuple(row) for row in stored]
    await one.press("send", "review")
    await asyncio.gather(*(one.press("send", "review") for _ in range(3)))
    assert [(1, 1)] == [
        tuple(r) for r in await owner.fetch("select number, version from grant_application")
    ]


async def test_contact_stands_apart(phone, owner):
    """How to reach people is in a table of its own that no page's role may read."""
    await phone().apply()
    assert "Eksempel" == await owner.fetchval("select name from grant_contact")
    row = await owner.fetchrow("select * from grant_application")
    assert "00000000" not in str(dict(row))


async def test_save_and_resume(phone, resident_door, owner):
    """What is saved is opened by its code alone, and the database holds nothing of it in clear."""
    one = await phone().begin()
    saved = await one.press("save", "project", **PROJECT)
    assert ("Søknaden er lagret", True) == (saved.heading, one.code in saved.page)
    sealed = await owner.fetchval("select sealed from grant_draft")
    kept = str(dict(await owner.fetchrow("select * from grant_draft")))
    assert (b"Benker" in sealed, one.code in kept) == (False, False)
    again = Phone(resident_door)
    found = await resident_door.post(
        f"{HERE}/find", data={"code": one.code.upper().replace("-", " ")}
    )
    assert "Benker ved elva" in found.text
    assert 404 == (await resident_door.get(f"{HERE}/s/{'2' * 20}")).status_code
    wrong = await resident_door.post(f"{HERE}/find", data={"code": "nei"})
    assert (422, "ingen søknad") == (
        wrong.status_code,
        "ingen søknad" if "ingen søknad" in wrong.text else "",
    )
    assert again.page == ""


async def test_what_is_missing_is_said(phone):
    """A step with something wrong keeps what was written and links to the field."""
    one = await phone().begin()
    await one.press("next", "project", title="Benker")
    assert (422, True, True) == (
        one.status,
        'href="#story"' in one.page,
        'value="Benker"' in one.page,
    )
    for wrong in ("2,5", "mange", "-3", "0", "100000000000", "2.50"):
        await one.press("next", "money", **{**MONEY, "sum-0": wrong})
        assert (422, 'href="#sum-0"' in one.page) == (one.status, True)
    await one.press("next", "money", **{**MONEY, "asked": "5001"})
    assert "mer enn det som står i budsjettet" in one.page
    await one.press("next", "money", **{**MONEY, "asked": "999"})
    assert "Dere kan søke om fra" in one.page
    await one.press("next", "you", **{**YOU, "phone": "", "kind": "business"})
    assert ('href="#kind"' in one.page, 'href="#phone"' in one.page) == (True, True)
    sent = await one.press("send", "review")
    assert 422 == sent.status


async def test_the_database_adds_up_too(phone, database):
    """An application whose sum is not the sum of its lines is refused by the database itself."""
    one = await phone().begin()
    await one.fill()
    conn = await database.connect("resident")
    key = sealing.key_of(SLUG, one.code)
    body = {
        **dict.fromkeys(("who_for", "place", "about", "shown_as"), ""),
        "kind": "group",
        "title": "T",
        "story": "S",
        "lines": [{"what": "a", "amount": 1200}],
    }
    contact = {"name": "N", "email": "", "phone": "1", "adult": ""}
    for total, asked in ((1300, 1200), (1200, 1300), (1200, 999), (1200, 20001)):
        with pytest.raises(Exception, match=r"fit the call|check constraint"):
            await conn.fetchval(
                "select send_application($1, $2, 'nb', $3, $4)",
                *(SLUG, key.locator, {**body, "total": total, "asked": asked}, contact),
            )


async def test_files(phone, owner):
    """Pictures are drawn anew, PDFs known by content, all else and too many refused."""
    one = await phone().begin()
    await one.fill()
    await one.hand_in("hjemme.jpg", picture())
    await one.hand_in("tilbud.exe", b"%PDF-1.7\n...\n%%EOF\n")
    for name, body in (
        ("a.pdf", b"MZ not a pdf"),
        ("a.jpg", b"<svg onload='x'>"),
        ("a.pdf", b"%PDF-1.7" + b"x" * 5_300_000 + b"%%EOF"),
        ("bomb.png", bomb()),
    ):
        refused = await one.hand_in(name, body)
        assert (422, "Vi kunne ikke bruke filen") == (
            refused.status,
            "Vi kunne ikke bruke filen" if "Vi kunne ikke bruke filen" in refused.page else name,
        )
    sealed = [row[0] for row in await owner.fetch("select sealed from grant_draft_file")]
    assert (2, False) == (len(sealed), any(b"%PDF" in body or b"JFIF" in body for body in sealed))
    await one.press("send", "review")
    files = await owner.fetch("select kind, name, body from grant_file order by kind desc")
    assert [("picture", "hjemme.jpg"), ("pdf", "tilbud.pdf")] == [(r[0], r[1]) for r in files]
    assert b"taken at home" not in files[0]["body"]


async def test_too_many_and_too_large_files(phone):
    """A sixth file and one over the limit are refused in words; dropping one makes room."""
    one = await phone().begin()
    for _ in range(5):
        await one.hand_in("a.jpg", picture((2, 2)))
    assert "høyst fem filer" in (await one.hand_in("a.jpg", picture((2, 2)))).page
    large = await one.hand_in("a.jpg", b"\xff\xd8" + b"x" * 40_000_000)
    assert (422, True) == (large.status, "Vi kunne ikke bruke filen" in large.page)
    first = one.page.split('value="drop:')[1].split('"')[0]
    await one.press(f"drop:{first}", "files")
    assert 4 == one.page.count('value="drop:')


def bomb():
    """A small PNG that unpacks to far more than may be opened."""
    out = io.BytesIO()
    Image.new("1", (12000, 12000)).save(out, "PNG")
    return out.getvalue()


async def test_change_before_the_deadline(phone, owner):
    """What is sent can be changed and sent again: one application, its newest wording."""
    one = await phone().apply()
    await one.press("next", "project", **{**PROJECT, "title": "Fire benker"})
    assert "ikke er sendt ennå" in (await one.get()).page
    assert "Benker ved elva" == await owner.fetchval("select title from grant_application")
    await one.press("send", "review")
    rows = await owner.fetch("select title, version, number from grant_application")
    assert [("Fire benker", 2, 1)] == [tuple(row) for row in rows]
    assert 1 == await owner.fetchval("select count(*) from grant_contact")


async def test_late(phone, close, owner):
    """After the deadline nobody begins; who had begun may send within the grace, then not."""
    begun, late = await phone().begin(), phone()
    await begun.fill()
    await close(30)
    assert 410 == (await late.begin()).status
    # Begun before the deadline: the draft says so itself.
    await owner.execute("update grant_draft set begun_at = now() - interval '2 hours'")
    await begun.press("send", "review")
    assert "Vi har mottatt søknaden." in begun.page
    other = begun
    await close(61)
    assert 410 == (await other.press("next", "project", **PROJECT)).status
    assert "Nå blir den vurdert" in (await other.get()).page


async def test_withdraw(phone, owner):
    """Taken back, the contact, the files and the draft are gone, and the page says so."""
    one = await phone().begin()
    await one.fill()
    await one.hand_in("a.jpg", picture())
    await one.press("send", "review")
    assert "Søknaden er trukket" == (await one.press("withdraw")).heading
    left = [
        await owner.fetchval(f"select count(*) from {table}")
        for table in ("grant_contact", "grant_file", "grant_draft", "grant_draft_file")
    ]
    assert [0, 0, 0, 0] == left
    assert "withdrawn" == await owner.fetchval("select state from grant_application")
    assert "Søknaden er trukket" in (await one.get()).page


async def test_empty_drafts_go(phone, owner, database):
    """What was begun and never written in is gone after two days; one word in it stays."""
    empty, written = await phone().begin(), await phone().begin()
    await written.press("save", "project", title="A")
    await owner.execute("update grant_draft set begun_at = now() - interval '3 days'")
    await upkeep.forget(await database.connect("retention"))
    found = [(await one.get()).status for one in (empty, written)]
    assert [404, 200] == found


async def test_another_sites_form(resident_door, opened):
    """A page of another site cannot begin an application."""
    assert opened
    headers = {"sec-fetch-site": "cross-site"}
    response = await resident_door.post(f"{HERE}/begin", headers=headers)
    assert 403 == response.status_code


async def test_a_draft_call_is_nobodys(resident_door, owner, opened):
    """A call that is not published has no page and takes no application."""
    assert opened
    await owner.execute("alter table grant_call disable trigger grant_call_guarded")
    await owner.execute("update grant_call set state = 'draft'")
    assert 404 == (await resident_door.get(HERE)).status_code
    assert 404 == (await resident_door.post(f"{HERE}/begin")).status_code
