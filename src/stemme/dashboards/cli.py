"""Commands of the dashboards: `release`, `report`, and plans and programme for `validate`."""

from __future__ import annotations

import argparse
import asyncio
import datetime
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stemme.config import Config
from stemme.dashboards import files, store
from stemme.dashboards.model import Dashboard
from stemme.dashboards.service import plans
from stemme.db import server
from stemme.db.pool import open_pool
from stemme.errors import ContentWrong, NotFound
from stemme.grants.files import MAP, complaint_of_map
from stemme.surveys.model import Survey

if TYPE_CHECKING:
    # What counts is loaded by the command that counts: all others start sooner.
    from stemme.dashboards.service.releasing import Outcome

SHORTEST_REASON = 10
Command = Callable[[argparse.Namespace, Config], int]


def add_commands(subparsers: Any) -> None:
    """Add the commands of this feature to the `stemme` command."""
    _add_release(subparsers)
    report = subparsers.add_parser(
        "report", help="print a year's report, or a survey's results, as tagged PDF"
    )
    report.add_argument("what", metavar="SLUG|YEAR", help="torstrand-nullpunkt, or 2026")
    report.add_argument(
        "--out", type=Path, metavar="FILE.pdf", help="rapport-SLUG.pdf unless given"
    )
    report.set_defaults(run=_report)
    validate = subparsers.choices.get("validate")
    if validate is not None:
        validate.add_argument(
            "--answers",
            metavar="N|FILE.csv",
            help="how many will answer, or who did: which groups would be too small",
        )
        validate.set_defaults(run=partial(_validate, validate.get_default("run")))


def _add_release(subparsers: Any) -> None:
    release = subparsers.add_parser(
        "release",
        help="count a closed wave, protect it and publish its results for good; "
        "or do so with a plain file of answers",
    )
    release.add_argument("slug", help="the survey, such as torstrand-nullpunkt")
    release.add_argument(
        "--wave", type=int, help="which wave; the newest closed one unless given; 0 is the sample"
    )
    release.add_argument(
        "--correct", action="store_true", help="put a new edition beside a released wave"
    )
    release.add_argument("--reason", default="", help="why it is corrected; everybody can read it")
    release.set_defaults(run=_release)
    file = release.add_argument_group(
        "from a file, without a database",
        "Publish one release of a file. Two, of nearly the same answers, tell about the few who "
        "differ: name the first as --earlier.",
    )
    file.add_argument(
        "--answers",
        type=Path,
        metavar="FILE.csv",
        help="one row a respondent, one column a question: `q` (several answers with ; between), "
        "`q.choice` with 0 and 1, `grid.row`, and `weight` if they do not count alike",
    )
    file.add_argument("--out", type=Path, metavar="DIR", help="a folder that is not there yet")
    file.add_argument("--survey", type=Path, metavar="FILE.yaml", help="not the place's survey")
    file.add_argument("--plan", type=Path, metavar="FILE.yaml", help="not the place's plan")
    file.add_argument(
        "--date", type=datetime.date.fromisoformat, help="the day of the release; today"
    )
    file.add_argument(
        "--earlier",
        type=Path,
        metavar="DIR",
        help="a release of nearly the same people: refused if both together tell about few",
    )
    file.add_argument(
        "--earlier-answers",
        type=Path,
        metavar="FILE.csv",
        help="what it was made of: then questions that would tell keep their earlier numbers",
    )


def _validate(surveys: Command | None, args: argparse.Namespace, config: Config) -> int:
    """Check plans and the programme beside what `surveys` checks; every complaint as file:line.

    Plans that are right are explained: all that will ever be shown of them.
    """
    wanted: list[Path] = [path.resolve() for path in args.paths]
    folder = config.place / "dashboards"
    ours = [path for path in wanted if folder in (path, path.parent)]
    theirs = [path for path in wanted if path not in ours]
    try:
        found = plans.complaints_of_place(config)
    except ContentWrong as error:
        print(error, file=sys.stderr)
        return 1
    names = {path.name for path in ours if path != folder}
    if not wanted or folder in ours:
        names = {path.name for path in folder.glob("*.yaml")}
    wrong = [one for one in found if Path(one.file).name in names]
    for complaint in wrong:
        print(complaint, file=sys.stderr)
    code = 1 if wrong else 0
    drawn = complaint_of_map(config.place)
    if drawn and (not wanted or folder in ours or folder / MAP in ours):
        print(drawn, file=sys.stderr)
        code = 1
    if surveys is not None and (theirs or not wanted):
        code = max(code, surveys(argparse.Namespace(**vars(args) | {"paths": theirs}), config))
    names -= {Path(one.file).name for one in wrong} | {files.PROGRAMME, MAP}
    return max(code, _explain([folder / name for name in sorted(names)], args.answers, config))


def _explain(paths: list[Path], answers: str | None, config: Config) -> int:
    """Print what plans come to; 2 if the answers of a file cannot be those of all of them."""
    from stemme.dashboards.service import explaining

    people = int(answers) if answers and answers.isdecimal() else None
    file = Path(answers) if answers and people is None else None
    if file is not None and len(paths) != 1:
        print("stemme validate: --answers FILE.csv needs the path of one plan", file=sys.stderr)
        return 2
    for dashboard, survey in explaining.plans_in(config, paths):
        for line in explaining.explain(dashboard, survey, people):
            print(line)
        if file is not None:
            return _explain_answers((dashboard, survey), file)
    return 0


def _explain_answers(plan: tuple[Dashboard, Survey], file: Path) -> int:
    from stemme.dashboards.service import explaining, releasing

    try:
        for line in explaining.explain_answers(*plan, file):
            print(line)
    except (ContentWrong, releasing.Refused) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _release(args: argparse.Namespace, config: Config) -> int:
    wrong = _usage(args)
    if wrong:
        print(f"stemme release: {wrong}", file=sys.stderr)
        return 2
    if args.answers is not None:
        return _release_file(args, config)
    with server.running(config):
        outcome = asyncio.run(_run(config, args))
    match outcome.state:
        case "released":
            print(f"released: {config.public_url}/nb/results/{args.slug}")
            return 0
        case "exists" if args.correct:
            print(f"{args.slug}: the numbers would be the same; nothing to correct")
            return 0
        case "exists":
            print(f"{args.slug}: this wave was released before; a release is never made twice")
            return 0
        case "not ready":
            said = f"{args.slug}: the wave is still open, or takes late answers; close it first"
        case _:
            said = outcome.reason
    print(said, file=sys.stderr)
    return 1


def _usage(args: argparse.Namespace) -> str:
    """What is wrong with how the command was given."""
    if (args.answers is None) != (args.out is None):
        return "--answers FILE.csv and --out DIR belong together"
    if args.answers is None and (args.survey or args.plan or args.date):
        return "--survey, --plan and --date go with --answers FILE.csv"
    if args.earlier_answers is not None and args.earlier is None:
        return "--earlier-answers FILE.csv goes with --earlier DIR"
    if args.answers is None and args.earlier is not None:
        return "--earlier goes with --answers FILE.csv; a wave in the database has --correct"
    if args.answers is not None and args.correct:
        return "--correct is for a wave in the database, not for a file"
    if args.correct and (args.wave is None or len(args.reason.strip()) < SHORTEST_REASON):
        return "--correct needs --wave N and --reason of ten characters or more"
    return ""


def _release_file(args: argparse.Namespace, config: Config) -> int:
    """Write what would be published of a file; 1 with every complaint, and then nothing is left."""
    from stemme.dashboards.service import folder, releasing

    order = folder.Order(
        slug=args.slug,
        answers=args.answers,
        out=args.out,
        survey=args.survey,
        plan=args.plan,
        wave=1 if args.wave is None else args.wave,
        day=args.date,
        earlier=args.earlier,
        earlier_answers=args.earlier_answers,
    )
    try:
        release = folder.release_folder(config, order)
    except (ContentWrong, releasing.Refused) as error:
        print(error, file=sys.stderr)
        return 1
    hidden = release.hidden
    unseen = hidden.district + hidden.groups + hidden.means
    print(f"{args.out}: {hidden.district_of + hidden.groups_of} percentages,", end=" ")
    print(f"{hidden.means_of} means, {unseen} of all hidden; digest {release.digest}")
    return 0


async def _run(config: Config, args: argparse.Namespace) -> Outcome:
    from stemme.dashboards.service import releasing

    pool = await open_pool(config, "release")
    wave: int | None = args.wave
    try:
        async with pool.acquire() as conn:
            if args.correct and wave is not None:
                from stemme.dashboards.service import correcting

                return await correcting.correct_wave(conn, (args.slug, wave), args.reason)
            if wave is None:
                wave = await store.find_last_closed_wave(conn, args.slug)
            if wave is None:
                said = f"{args.slug}: no wave of this survey has been closed"
                return releasing.Outcome("refused", said)
            return await releasing.release_wave(conn, config, args.slug, wave)
    except NotFound:
        said = f"{args.slug}: no such survey, or no wave {wave} of it"
        return releasing.Outcome("refused", said)
    finally:
        await pool.close()


def _report(args: argparse.Namespace, config: Config) -> int:
    out: Path = args.out or Path(f"rapport-{args.what}.pdf")
    try:
        with server.running(config):
            body = asyncio.run(_print(config, args.what))
    except NotFound:
        said = "no such survey with results, and no year of the programme"
        print(f"{args.what}: {said}", file=sys.stderr)
        return 1
    out.write_bytes(body)
    print(out)
    return 0


async def _print(config: Config, what: str) -> bytes:
    from stemme.dashboards.service.report import keeping, printing

    pool = await open_pool(config, "staff")
    try:
        async with pool.acquire() as conn:
            report = await keeping.fetch_printable(conn, config, what)
    finally:
        await pool.close()
    return printing.print_report(report, config.build)
