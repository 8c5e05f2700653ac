"""What must be true before the doors open: schema, published surveys and, to look at, a sample."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import stemme
from stemme import config as settings
from stemme.config import Config

CODE = Path(stemme.__file__).parent
PATIENCE = 180.0


async def prepare(config: Config, *, new_place: bool, sample: bool) -> list[str]:
    """Migrate, publish and fill in; gives every complaint about the content.

    `new_place` opens the first wave of each survey, which elsewhere is for the staff to do. Every
    step is idempotent: killed anywhere, the next start goes on from there.
    """
    from stemme.db import migrate, server
    from stemme.dialogue.service import sample as dialogues
    from stemme.grants.service import sample as grants
    from stemme.panel.service import sample as panels
    from stemme.programme import service as programme
    from stemme.proposals.service import sample as proposals
    from stemme.surveys.service import fieldwork, publishing, reading
    from stemme.surveys.service import sample as samples

    programme.keep(config)
    await migrate.migrate_here(config)
    conn = await server.owner_connection(config)
    try:
        published = await publishing.publish_all(conn, config)
        refused = {one.survey for one in published if one.outcome == "refused"}
        for version, wave in await reading.list_surveys(conn):
            slug = version.survey
            fresh = wave is not None and wave.wave == 1 and wave.state == "draft"
            if new_place and fresh and slug not in refused:
                await fieldwork.open_wave(conn, config, None, slug, 1)
            if sample:
                await samples.ensure_sample(conn, config, slug)
                await samples.order_release(conn, slug)
        if sample:
            await dialogues.ensure_sample(conn)
            await panels.ensure_sample(conn)
            await proposals.ensure_sample(conn)
            await grants.ensure_sample(conn)
    finally:
        await conn.close()
    return [str(complaint) for one in published for complaint in one.complaints]


async def prepare_box(config: Config) -> None:
    """Bring the ballot box to the head, give it its key, and tell the main database which."""
    from stemme.db import migrate, server
    from stemme.panel.service import closing, receiving

    await migrate.migrate_here(config.box, migrate.BOX)
    boxed = await server.owner_connection(config.box)
    main = await server.owner_connection(config)
    try:
        await receiving.name_box(boxed, receiving.key_of(config.box))
        await closing.keep_box_point(main, boxed)
    finally:
        await boxed.close()
        await main.close()


async def finish(config: Config) -> str:
    """Wait until the worker has released the sample waves; gives a one-time link for the staff."""
    from stemme.db import server
    from stemme.staff import cli, service

    conn = await server.owner_connection(config)
    end = time.monotonic() + PATIENCE
    waiting = "select exists (select from wave where sample and state = 'releasing')"
    try:
        while time.monotonic() < end and await conn.fetchval(waiting):
            await conn.execute("select pg_sleep(0.1)")
        return await service.invite(conn, ("admin",), base_url=config.staff_url, valid=cli.VALID)
    finally:
        await conn.close()


def main(step: str, options: set[str]) -> None:
    """Do one step in a process of its own, so that what it loads is gone when it is done."""
    import asyncio

    config = settings.load()
    if step == "box":
        asyncio.run(prepare_box(config))
    elif step == "prepare":
        new_place, sample = "--new-place" in options, "--sample" in options
        for complaint in asyncio.run(prepare(config, new_place=new_place, sample=sample)):
            sys.stdout.write(f"{complaint}\n")
    else:
        sys.stdout.write(asyncio.run(finish(config)) + "\n")


def fingerprint(config: Config, data: Path) -> str:
    """Changes with the code, the content, what was built of it, and the database it went into."""
    digest = hashlib.sha256()
    for path in _sources(config, data):
        try:
            seen = path.stat()
        except FileNotFoundError:
            continue
        digest.update(f"{path} {seen.st_size} {seen.st_mtime_ns} {seen.st_ino}\n".encode())
    return digest.hexdigest()


def _sources(config: Config, data: Path) -> Iterator[Path]:
    yield data / "PG_VERSION"
    yield config.build / "locale.json"
    for name in ("surveys", "dashboards"):
        yield from sorted((config.place / name).glob("*.yaml"))
    for folder, inside, files in os.walk(CODE):
        inside[:] = sorted(name for name in inside if name not in ("__pycache__", "static"))
        for name in sorted(files):
            if name.endswith((".py", ".sql")):
                yield Path(folder, name)


if __name__ == "__main__":
    from stemme.db.migrate import MigrationRefused
    from stemme.errors import StemmeError

    try:
        main(sys.argv[1], set(sys.argv[2:]))
    except (StemmeError, MigrationRefused) as fact:
        # The sentence says all a person needs; anything else is a fault and keeps its traceback.
        sys.exit(str(fact))
