"""How long a note takes from the table onto the wall, with two hundred people watching."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import statistics
import time

import httpx
import pytest

from stemme.db import server
from stemme.workshops.service import moderation

pytestmark = pytest.mark.bench
VIEWERS = 200
NOTES = 40
LIMIT = 1.0
WALL = secrets.token_bytes(32)
CODE = "CFGH2345"


async def plan(config):
    """An open workshop; gives its id."""
    conn = await server.owner_connection(config)
    try:
        made = await conn.fetchval(
            "insert into workshop (title, place, day, languages, state, valid_until, late_until,"
            " wall) values ('Målt', 'Her', current_date, '{nb}', 'open', now() + interval '1 h',"
            " now() + interval '2 h', $1) returning workshop",
            hashlib.sha256(WALL).digest(),
        )
        await conn.execute("insert into workshop_table values ($1, 1, $2)", made, CODE)
        return made
    finally:
        await conn.close()


async def watch(client, base, seen, ready):
    """One viewer: writes down when each note came."""
    url = f"{base}/nb/wall/{WALL.hex()}/stream"
    async with client.stream("GET", url) as answer:
        assert 200 == answer.status_code
        ready.release()
        async for line in answer.aiter_lines():
            if line.startswith("data: ["):
                now = time.perf_counter()
                for card in json.loads(line[5:]):
                    seen.append((card["note"], now))


async def evening(site):
    """Seconds from the table's request to each viewer, and those of the requests alone."""
    base = f"http://127.0.0.1:{site.config.port}"
    workshop = await plan(site.config)
    staff = await server.connect(site.config, "staff")
    seen, begun, ready = [], {}, asyncio.Semaphore(0)
    limits = httpx.Limits(max_connections=VIEWERS + 20)
    async with httpx.AsyncClient(timeout=60, limits=limits) as client:
        viewers = [asyncio.create_task(watch(client, base, seen, ready)) for _ in range(VIEWERS)]
        for _ in range(VIEWERS):
            await ready.acquire()
        requests = []
        for number in range(NOTES):
            note = secrets.token_hex(16)
            one = {"id": secrets.token_hex(16), "note": note, "kind": "set", "clock": number + 1}
            one["fields"] = {"text": f"Notat {number} om benken ved elva"}
            begun[note] = time.perf_counter()
            answer = await client.post(f"{base}/nb/w/{CODE}/sync", json={"ops": [one]})
            assert 200 == answer.status_code
            requests.append(time.perf_counter() - begun[note])
            # The person who reads it first is left out: it is the machine that is measured.
            await moderation.gather(staff, workshop)
            await moderation.decide(staff, workshop, bytes.fromhex(note), "shown")
            await asyncio.sleep(0.2)
        await asyncio.sleep(2)
        for viewer in viewers:
            viewer.cancel()
        await asyncio.gather(*viewers, return_exceptions=True)
    await staff.close()
    return [now - begun[note] for note, now in seen], requests


def test_note_to_wall(site):
    """Prints p50 and p95 from the table to all walls; p95 is to stay under a second."""
    waits, requests = asyncio.run(evening(site))
    assert VIEWERS * NOTES <= len(waits)
    cuts = statistics.quantiles(waits, n=100)
    print(
        f"\nnote to wall p95 / {LIMIT:g} s      {cuts[94] / LIMIT:.2f}   (at most 1; here p50"
        f" {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms, {VIEWERS} viewers;"
        f" one batch {statistics.median(requests) * 1000:.0f} ms)"
    )
