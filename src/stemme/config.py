"""What the environment decides: folders, addresses, ports and the database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting, read once at the start of a process."""

    place: Path
    """Folder with `surveys/`, `dashboards/` and `locales/`: the content of one neighbourhood."""
    data: Path
    """Folder for the embedded database, secrets and lock files; never served."""
    build: Path
    """Folder with what set-up compiled: static assets and catalogues; read-only when serving."""
    host: str = "127.0.0.1"
    port: int = 8000
    staff_port: int = 8001
    box_port: int = 8002
    public_url: str = "http://127.0.0.1:8000"
    staff_url: str = "http://127.0.0.1:8001"
    box_url: str = "http://127.0.0.1:8002"
    database_url: str | None = None
    """The owner's address of a Postgres server; None runs the embedded one."""
    box_database_url: str | None = None
    """The same for the ballot box, which has a server of its own."""
    accessibility_statement_url: str | None = None
    contact: str = "Områdesatsing Torstrand, Larvik kommune"
    notes_kept_days: int = 365
    """Days after a workshop that are suggested for deleting its notes: the office's rule."""

    @property
    def secrets(self) -> Path:
        """Folder with one file a secret, readable by its owner alone."""
        return self.data / "secrets"

    @property
    def box(self) -> Config:
        """The settings as the ballot box sees them: its own folder, secrets and database."""
        return msgspec.structs.replace(
            self, data=self.data / "box", database_url=self.box_database_url, box_database_url=None
        )


def load(env: Mapping[str, str] | None = None) -> Config:
    """Read the settings from the environment (`os.environ` unless given)."""
    env = os.environ if env is None else env
    place = Path(env.get("STEMME_PLACE", Path.cwd())).resolve()
    host = env.get("HOST", "127.0.0.1")
    port = int(env.get("PORT", "8000"))
    staff_port = int(env.get("STAFF_PORT", "8001"))
    box_port = int(env.get("BOX_PORT", "8002"))
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return Config(
        place=place,
        data=Path(env.get("STEMME_DATA", place / ".stemme")).resolve(),
        build=Path(env.get("STEMME_BUILD", place / ".build")).resolve(),
        host=host,
        port=port,
        staff_port=staff_port,
        box_port=box_port,
        public_url=env.get("PUBLIC_URL", f"http://{shown}:{port}").rstrip("/"),
        staff_url=env.get("STAFF_URL", f"http://{shown}:{staff_port}").rstrip("/"),
        box_url=env.get("BOX_URL", f"http://{shown}:{box_port}").rstrip("/"),
        database_url=env.get("DATABASE_URL") or None,
        box_database_url=env.get("BOX_DATABASE_URL") or None,
        accessibility_statement_url=env.get("ACCESSIBILITY_STATEMENT_URL") or None,
        contact=env.get("STEMME_CONTACT", "Områdesatsing Torstrand, Larvik kommune"),
        notes_kept_days=int(env.get("STEMME_NOTES_KEPT_DAYS", "365")),
    )
