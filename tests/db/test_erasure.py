"""A deleted answer leaves nothing in the files of the embedded server."""

from __future__ import annotations

from stemme.config import load
from stemme.db import migrate, server
from stemme.db.embedded import EmbeddedPostgres

WORDS = "En benk ved elva, takk"
STORE = (
    "insert into answer (survey, wave, revision, language, channel, day, coded, texts, receipt,"
    " digest) values ('s', 1, 1, 'nb', 'web', current_date, '{}', $1, $2, $2)"
)


def found(folder, words):
    """Whether any file of the server holds the words."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return any(words.encode() in path.read_bytes() for path in files)


async def run(config, role, *statements):
    """Run statements as a role, each a transaction of its own."""
    conn = await server.connect(config, role)
    for statement in statements:
        await conn.execute(*([statement] if isinstance(statement, str) else statement))
    await conn.close()


async def test_what_was_withdrawn_is_in_no_file(tmp_path):
    """Neither in the table nor in the log of changes; the other answers are still there."""
    with EmbeddedPostgres(tmp_path, tmp_path / "secrets", durable=False) as running:
        config = load({"STEMME_DATA": str(tmp_path), "DATABASE_URL": running.address})
        await migrate.migrate_here(config)
        await run(
            config,
            "owner",
            (STORE, {"ide": WORDS}, b"r" * 32),
            (STORE, {"ide": "Mer lys"}, b"k" * 32),
            ("insert into withdrawal values ('s', $1)", b"r" * 32),
        )
        await run(config, "retention", "select delete_withdrawn()", "select rewrite_answers()")
    assert found(tmp_path, WORDS)
    with running:
        await run(config, "owner", "update answer_rewrite set due_at = now()")
        await run(config, "retention", "select rewrite_answers()")
    assert (False, True) == (found(tmp_path, WORDS), found(tmp_path, "Mer lys"))
