"""The embedded PostgreSQL: made, started and stopped by this program, on a Unix socket only."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets as random
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

from stemme.db import binaries, closing, scram, secrets
from stemme.db.tuning import BOX_SETTINGS, SETTINGS, UNSAFE

DATABASE = "stemme"
OWNER = "stemme_owner"
LONGEST_SOCKET_FOLDER = 80
LARGEST_LOG = 5_000_000
# A server whose program was killed is given this long to write its last and stop.
PATIENCE = 10.0


class DatabaseFailed(RuntimeError):
    """The embedded server did not come up; the message says where its log is."""


class DatabaseBusy(DatabaseFailed):
    """Another process runs the server of this folder."""


class EmbeddedPostgres:
    """One server with its data in `folder/pg`; `box` for the ballot box.

    `durable=False` trades safety for speed in tests.
    """

    def __init__(
        self,
        folder: Path,
        secrets_folder: Path,
        *,
        durable: bool = True,
        refuse_namespace: bool = False,
        box: bool = False,
    ) -> None:
        self.folder = folder.resolve()
        self.secrets_folder = secrets_folder
        self.durable = durable
        self.data = self.folder / "pg"
        self.refuse_namespace = refuse_namespace
        self.box = box
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None

    @property
    def address(self) -> str:
        """Where to connect, without user or password."""
        return f"postgresql:///{DATABASE}?host={quote(str(self.socket_folder))}"

    @property
    def log(self) -> Path:
        """What the server says about itself."""
        return self.folder / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """The folder of the socket: a short one, as a socket's path has about a hundred bytes."""
        if len(str(self.folder)) <= LONGEST_SOCKET_FOLDER and self.data.parent == self.folder:
            return self.folder / "socket"
        short = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"stemme-{os.geteuid()}-{short}"

    def start(self, timeout: float = 60.0) -> Self:
        """Bring the server up, making its data the first time; raises DatabaseFailed."""
        end = time.monotonic() + timeout
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.locate()
        self._take_lock(end)
        try:
            self._make_socket_folder()
            self._clear_away()
            known = secrets.read(self.secrets_folder, "owner.password") is not None
            password = secrets.password(self.secrets_folder, "owner")
            if not (self.data / "PG_VERSION").exists():
                self._initialise(password, end)
            elif not known:
                self._single(self.data, self._owner_password(password), end)
            self._launch(end)
        except BaseException:
            self.stop()
            raise
        return self

    def locate(self) -> Self:
        """Find out where the data and the socket are; the address is right from then on."""
        self.runner = self._find_runner()
        return self

    def is_running(self) -> bool:
        """Whether the server that was started still lives."""
        return self.process is not None and self.process.poll() is None

    def stop(self, timeout: float = 15.0) -> None:
        """Shut the server down, cleanly if it lets itself."""
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                try:
                    process.wait(timeout)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # How it is done -----------------------------------------------------------------------------

    def _find_runner(self) -> binaries.Runner:
        forbidden = self.refuse_namespace
        runner = binaries.find_runner(self._major(), refuse_namespace=forbidden)
        if runner.owner is not None and not binaries.reachable(self.folder):
            # The folder is closed to the user the server must run as: use a system folder.
            name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
            self.data = binaries.SYSTEM_FOLDER / f"data-{name}" / "pg"
            self.data.parent.mkdir(parents=True, exist_ok=True)
            runner = binaries.find_runner(self._major(), refuse_namespace=forbidden)
        return runner

    def _major(self) -> str | None:
        try:
            return (self.data / "PG_VERSION").read_text().strip()
        except OSError:
            return None

    def _take_lock(self, end: float) -> None:
        """Hold `pg.lock`, which all processes of the server inherit: who has it is alone here."""
        lock = (self.folder / "pg.lock").open("ab")
        asked = time.monotonic()
        told = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > min(end, asked + PATIENCE):
                    lock.close()
                    busy = f"another process runs the database in {self.folder}"
                    raise DatabaseBusy(busy) from None
                if not told and time.monotonic() > asked + 1:
                    told = True
                    self._stop_orphan()
                time.sleep(0.02)
            else:
                self._lock = lock
                return

    def _stop_orphan(self) -> None:
        """Ask a server whose program was killed to stop; Linux does so by itself."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
            process = Path(f"/proc/{lines[0]}")
            orphaned = "\nPPid:\t1\n" in (process / "status").read_text()
            orphaned = orphaned and (process / "cwd").resolve() == self.data
        except (OSError, IndexError):
            return
        if orphaned:
            os.kill(int(lines[0]), signal.SIGINT)

    def _make_socket_folder(self) -> None:
        folder = self.socket_folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid not in (os.geteuid(), *(self.runner.owner or ())[:1]):
            raise DatabaseFailed(f"{folder} belongs to somebody else")
        folder.chmod(0o700)
        self._give(folder)

    def _clear_away(self) -> None:
        """Remove what a dead server left: it is stale, as its last process has let go of the lock.

        The server itself would believe it whenever another process has its old number by now.
        """
        socket = self.socket_folder / ".s.PGSQL.5432"
        for left in (self.data / "postmaster.pid", socket, socket.with_name(socket.name + ".lock")):
            left.unlink(missing_ok=True)

    def _give(self, path: Path) -> None:
        if self.runner.owner is not None:
            os.chown(path, *self.runner.owner)

    def _run(self, arguments: list[str | Path], end: float, text: str | None = None) -> None:
        done = subprocess.run(
            arguments,
            input=text.encode() if text is not None else b"",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=max(end - time.monotonic(), 1),
            check=False,
            **self._surroundings(),
        )
        if done.returncode:
            shown = done.stdout.decode(errors="replace").strip()[-2000:]
            raise DatabaseFailed(f"{Path(arguments[0]).name} failed:\n{shown}")

    def _surroundings(self) -> dict[str, Any]:
        lock = () if self._lock is None else (self._lock.fileno(),)
        return {
            "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            "cwd": "/",
            "pass_fds": lock,
            # Ctrl-C in a terminal goes to the program, which stops the server last.
            "start_new_session": True,
            **self.runner.arguments,
        }

    def _initialise(self, password: str, end: float) -> None:
        """Make the data beside their place and move them there when complete: half never counts."""
        draft, pwfile = self.data.with_name("pg.new"), self.data.with_name("pg.new.password")
        for old in (draft, self.data):
            shutil.rmtree(old, ignore_errors=True)
        draft.mkdir(mode=0o700)
        pwfile.touch(mode=0o600)
        # Nobody knows this one: the owner is not a superuser, and no superuser can sign in.
        pwfile.write_text(random.token_urlsafe(32))
        self._give(draft)
        self._give(pwfile)
        arguments: list[str | Path] = [
            *(self.runner.bin / "initdb", "-D", draft, "-U", "stemme_superuser"),
            *("--auth=scram-sha-256", f"--pwfile={pwfile}", "-E", "UTF8", "--locale=C"),
            "--no-instructions",
        ]
        if self.box:
            # Small files of the log of changes, so that what is over goes soon.
            arguments.append("--wal-segsize=1")
        if int(binaries.major_version(self.runner.bin)) >= 17:
            arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            arguments.append("--no-sync")
        try:
            self._run(arguments, end)
        finally:
            pwfile.unlink()
        self._single(
            draft,
            f"create role {OWNER} login createrole createdb;\n"
            + self._owner_password(password)
            + closing.STATEMENTS
            + (closing.CHECKPOINT if self.box else ""),
            end,
            database="template1",
        )
        self._single(
            draft,
            f"create database {DATABASE} owner {OWNER};\n"
            "revoke all on database postgres from public;\n"
            "revoke all on database template1 from public;\n"
            f"grant connect on database postgres to {OWNER};\n",
            end,
        )
        draft.rename(self.data)

    def _owner_password(self, password: str) -> str:
        return f"alter role {OWNER} password '{scram.verifier(password)}';\n"

    def _single(self, data: Path, sql: str, end: float, database: str = "postgres") -> None:
        """Run `sql`, one statement a line, as the superuser that nobody can sign in as."""
        options = [] if self.durable else ["-c", "fsync=off"]
        program = self.runner.bin / "postgres"
        self._run([program, "--single", "-D", data, *options, database], end, sql)

    def _launch(self, end: float) -> None:
        settings = {**SETTINGS, **(BOX_SETTINGS if self.box else {})}
        settings |= {} if self.durable else UNSAFE
        program = self.runner.bin / "postgres"
        arguments: list[str | Path] = [program, "-D", self.data, "-k", self.socket_folder]
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._surroundings(),
            )
        while not self._is_ready():
            if self.process.poll() is not None:
                raise DatabaseFailed(f"the database stopped while starting; see {self.log}")
            if time.monotonic() > end:
                raise DatabaseFailed(f"the database did not start in time; see {self.log}")
            time.sleep(0.005)

    def _is_ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"
