"""Pictures of sheets and sealed envelopes: what is kept of them, and what is refused how."""

from __future__ import annotations

import base64
import io
import os
import secrets

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

from stemme.web import envelope
from stemme.workshops.errors import PhotoTooLarge, PhotoUnreadable
from stemme.workshops.service import photos

from .conftest import CODES

TABLE = f"/nb/w/{CODES[0]}"


def picture(size=(400, 300), kind="JPEG", **more):
    """The bytes of a picture."""
    out = io.BytesIO()
    Image.new("RGB", size, "orange").save(out, kind, **more)
    return out.getvalue()


def test_a_picture_is_made_anew():
    """It is turned upright, made small, and says nothing of place, time or camera."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Kameramerke"
    exif.get_ifd(0x8825)[2] = (59.0, 3.0, 0.0)
    size, made = photos.remake(picture((4000, 1000), exif=exif))
    assert (500, 2000) == size
    with Image.open(io.BytesIO(made)) as kept:
        assert "JPEG" == kept.format
        assert {} == dict(kept.getexif())
    assert b"Kameramerke" not in made


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_become_jpeg(kind):
    """PNG and WebP are read too."""
    assert photos.remake(picture(kind=kind))[1].startswith(b"\xff\xd8")


def test_what_is_no_picture_is_refused():
    """HEIC, half a picture, text and a picture of another kind are told apart from large ones."""
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
    for body in (heic, picture()[:200], b"", b"hei", picture(kind="GIF")):
        with pytest.raises(PhotoUnreadable):
            photos.remake(body)


def test_a_bomb_is_not_unpacked():
    """A small file of a hundred million pixels is refused by its size alone."""
    body = picture((10_000, 10_000), kind="PNG")
    assert len(body) < 1_000_000
    with pytest.raises(PhotoTooLarge):
        photos.remake(body)


async def test_a_picture_comes_to_its_table_only(hall):
    """The table that sent it can fetch it, another cannot."""
    photo = secrets.token_hex(16)
    answer = await hall.post(f"{TABLE}/photo/{photo}", content=picture())
    assert (200, "open") == (answer.status_code, answer.json()["status"])
    assert 200 == (await hall.get(f"{TABLE}/photo/{photo}")).status_code
    assert 404 == (await hall.get(f"/nb/w/{CODES[1]}/photo/{photo}")).status_code


async def test_a_far_too_large_picture_is_told_so(hall):
    """50 MB are refused plainly, by script and by form, and the way back is shown."""
    body = b"\xff\xd8" + bytes(50_000_000)
    photo = secrets.token_hex(16)
    answer = await hall.post(f"{TABLE}/photo/{photo}", content=body)
    assert (413, "large") == (answer.status_code, answer.json()["status"])
    answer = await hall.post(f"{TABLE}/photo", data={"note": photo}, files={"photo": body})
    assert 413 == answer.status_code
    assert "Bildet er for stort" in answer.text
    assert f'href="{TABLE}"' in answer.text


async def test_a_picture_by_form_gets_its_note(hall):
    """Without script the picture stands on the page, ready to be typed up beside it."""
    photo = secrets.token_hex(16)
    fields = {"note": photo, "page": photo, "clock": "1"}
    answer = await hall.post(f"{TABLE}/photo", data=fields, files={"photo": picture()})
    assert 303 == answer.status_code
    assert f"{TABLE}/photo/{photo}" in (await hall.get(TABLE)).text
    heic = {"photo": b"\0\0\0\x18ftypheic" + bytes(100)}
    answer = await hall.post(f"{TABLE}/photo", data=fields, files=heic)
    assert 415 == answer.status_code
    assert "JPEG eller PNG" in answer.text


# Envelopes --------------------------------------------------------------------------------------


def seal(public, purpose, words):
    """What `static/envelope.js` does, by another hand."""
    door = base64.urlsafe_b64decode(public + "=" * (-len(public) % 4))
    pair = ec.generate_private_key(ec.SECP256R1())
    point = pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), door)
    shared = pair.exchange(ec.ECDH(), other)
    key = HKDF(SHA256(), 32, salt=point + door, info=b"stemme envelope 1").derive(shared)
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, words, b"\x01" + purpose.encode())
    return base64.urlsafe_b64encode(b"\x01" + point + nonce + sealed).decode().rstrip("=")


async def test_a_sealed_batch_is_stored(hall, evening):
    """What a shared tablet sealed is opened here and stands in the table's log, once."""
    opener = envelope.opener(evening.database.config)
    body = {"id": secrets.token_hex(16), "note": secrets.token_hex(16), "kind": "set", "clock": 1}
    words = msgspec.json.encode({"ops": [{**body, "fields": {"text": "Usendt"}}]})
    sealed = seal(opener.public, f"table {CODES[0]}", words)
    for _ in range(2):
        answer = await hall.post(f"{TABLE}/sealed", json={"envelope": sealed})
        assert (200, "open") == (answer.status_code, answer.json()["status"])
    assert 1 == (await hall.get(TABLE)).text.count('<p dir="auto">Usendt</p>')


async def test_an_envelope_for_another_table_opens_nothing(hall, evening):
    """Changed, cut short, or for another table: refused, and nothing is stored."""
    opener = envelope.opener(evening.database.config)
    right = seal(opener.public, f"table {CODES[0]}", b'{"ops": []}')
    other = seal(opener.public, f"table {CODES[1]}", b'{"ops": []}')
    for wrong in (other, right[:-4], right[:40], "", "æ", "A" * 200, right[:100] + "AAAA"):
        answer = await hall.post(f"{TABLE}/sealed", json={"envelope": wrong})
        assert (400, {"status": "unreadable"}) == (answer.status_code, answer.json())


async def test_a_sealed_picture_comes_to_its_table(hall, evening):
    """A picture that a shared tablet sealed is kept as if it had been sent."""
    opener = envelope.opener(evening.database.config)
    photo = secrets.token_hex(16)
    words = msgspec.json.encode({"photo": photo, "picture": picture()})
    body = {"envelope": seal(opener.public, f"table {CODES[0]}", words)}
    assert 200 == (await hall.post(f"{TABLE}/sealed", json=body)).status_code
    assert 200 == (await hall.get(f"{TABLE}/photo/{photo}")).status_code


async def test_a_large_envelope_is_stored_whole(hall, evening):
    """Seven hundred steps of an evening without signal are all kept."""
    opener = envelope.opener(evening.database.config)
    ops = [
        {
            "id": secrets.token_hex(16),
            "note": secrets.token_hex(16),
            "kind": "set",
            "clock": 1,
            "fields": {"text": str(number)},
        }
        for number in range(700)
    ]
    words = msgspec.json.encode({"ops": ops})
    body = {"envelope": seal(opener.public, f"table {CODES[0]}", words)}
    assert 200 == (await hall.post(f"{TABLE}/sealed", json=body)).status_code
    owner = await evening.database.connect("owner")
    assert 700 == await owner.fetchval("select count(*) from workshop_operation")


async def test_what_an_envelope_holds_in_vain_stays_on_the_tablet(hall, evening):
    """Where something in it is not taken, the answer says so, and the tablet keeps the envelope."""
    opener = envelope.opener(evening.database.config)
    wrong = {"id": "0" * 32, "note": "1" * 32, "kind": "set", "clock": 1}
    words = msgspec.json.encode({"ops": [wrong]})
    body = {"envelope": seal(opener.public, f"table {CODES[0]}", words)}
    assert 422 == (await hall.post(f"{TABLE}/sealed", json=body)).status_code
