"""One pool a process, as the role of the process."""

from __future__ import annotations

from stemme.db.pool import open_pool


async def test_a_pool_is_its_role(database):
    """A pool signs in as the role it was opened for and speaks jsonb as plain values."""
    pool = await open_pool(database.config, "resident")
    try:
        assert "stemme_resident" == await pool.fetchval("select current_user")
        assert {"svar": [1, "å"]} == await pool.fetchval("select $1::jsonb", {"svar": [1, "å"]})
        assert "resident" == await pool.fetchval("show application_name")
    finally:
        await pool.close()
