"""The `stemme` command: what is started, and the verbs of the features."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from stemme import config as settings
from stemme.config import Config

DOORS = ("resident", "staff", "box")
# A door must not load what only a command needs: features are asked for their verbs only when the
# verb is none of these.
FEATURES = (
    "stemme.surveys.cli",
    "stemme.dashboards.cli",
    "stemme.staff.cli",
    "stemme.disclosure.cli",
    "stemme.panel.cli",
    "stemme.dialogue.cli",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 done, 1 the content or the machine is wrong, 2 the command was."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    args = _parser(words).parse_args(words)
    try:
        config = settings.load()
    except ValueError as error:
        print(f"PORT, STAFF_PORT and BOX_PORT must be numbers: {error}", file=sys.stderr)
        return 2
    run: Callable[[argparse.Namespace, Config], int] = args.run
    try:
        return run(args, config)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not _is_expected(error):
            raise
        print(str(error) or type(error).__name__, file=sys.stderr)
        return 1


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stemme", description="A neighbourhood's surveys, votes and results."
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    up = verbs.add_parser("up", help="start everything: database, doors and worker")
    up.add_argument(
        "--sample", action="store_true", help="add sample answers with DATABASE_URL too"
    )
    up.set_defaults(run=_up)

    door = verbs.add_parser("door", help="serve one door, with the role of that door alone")
    door.add_argument("name", choices=DOORS, metavar="NAME", help=", ".join(DOORS))
    door.set_defaults(run=_door)

    worker = verbs.add_parser("worker", help="make releases, count fieldwork, delete what must go")
    worker.set_defaults(run=_worker)

    migrate = verbs.add_parser("migrate", help="make the roles and bring the database to the head")
    migrate.set_defaults(run=_migrate)

    translations = verbs.add_parser(
        "translations", help="what each language lacks, and what nobody has reviewed"
    )
    translations.add_argument("--missing", action="store_true", help="list every missing text")
    translations.set_defaults(run=_translations)

    if next((word for word in words if not word.startswith("-")), None) not in verbs.choices:
        for feature in FEATURES:
            import_module(feature).add_commands(verbs)
    return parser


def _up(args: argparse.Namespace, config: Config) -> int:
    from stemme.doors import up

    return up.up(config, sample=args.sample)


def _door(args: argparse.Namespace, config: Config) -> int:
    from stemme.doors import children, serving, shelf

    children.follow_parent()
    door = import_module(f"stemme.doors.{args.name}")
    ports = {"resident": config.port, "staff": config.staff_port, "box": config.box_port}
    app = door.create_app(config)
    # What staff see is nobody else's.
    serving.serve(
        shelf.Shelf(app) if args.name == "resident" else app, config.host, ports[args.name]
    )
    return 0


def _worker(_args: argparse.Namespace, config: Config) -> int:
    from stemme.doors import children, worker

    children.follow_parent()
    return worker.serve(config)


def _migrate(_args: argparse.Namespace, config: Config) -> int:
    import asyncio

    from stemme.db import migrate, server

    with server.running(config):
        applied = asyncio.run(migrate.migrate_here(config))
    # Beside a database of somebody else a box of our own would be one that nobody finds again.
    if config.database_url is None or config.box_database_url is not None:
        with server.running(config.box, box=True):
            applied += asyncio.run(migrate.migrate_here(config.box, migrate.BOX))
    for name in applied:
        print(f"applied {name}")
    if not applied:
        print("nothing to apply")
    return 0


def _translations(args: argparse.Namespace, config: Config) -> int:
    from stemme import i18n

    i18n.use(config)
    wrong = False
    for domain, languages in (
        ("resident", i18n.LANGUAGES),
        ("surveys", i18n.LANGUAGES),
        ("programme", i18n.LANGUAGES),
        ("staff", i18n.STAFF_LANGUAGES),
    ):
        for lang in languages:
            missing = i18n.missing(domain, lang)
            wrong = wrong or bool(missing)
            state = f"{len(missing)} missing" if missing else "complete"
            print(f"{domain:10} {lang:6} {state}{', draft' if i18n.is_draft(domain, lang) else ''}")
            for text in missing if args.missing else ():
                print(f"    {text}")
    return 1 if wrong else 0


def _is_expected(error: Exception) -> bool:
    """Whether the message says all a person needs; anything else is a fault, with its traceback."""
    import asyncpg

    from stemme.db.binaries import NoPostgres
    from stemme.db.embedded import DatabaseFailed
    from stemme.db.migrate import MigrationRefused
    from stemme.errors import StemmeError

    facts = (StemmeError, DatabaseFailed, MigrationRefused, NoPostgres, OSError)
    refused = (
        asyncpg.PostgresConnectionError,
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InvalidCatalogNameError,
        asyncpg.InsufficientPrivilegeError,
        asyncpg.LockNotAvailableError,
        asyncpg.TooManyConnectionsError,
        asyncpg.CannotConnectNowError,
    )
    return isinstance(error, (*facts, *refused))
