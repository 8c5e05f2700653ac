"""The one command: what counts as set up, and that looking at it costs next to nothing."""

import importlib.machinery
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The script as a module, with a checkout of its own that holds one lock."""
    loader = importlib.machinery.SourceFileLoader("run", str(ROOT / "run"))
    script = importlib.util.module_from_spec(importlib.util.spec_from_loader("run", loader))
    loader.exec_module(script)
    monkeypatch.setattr(script, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(script, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(script, "UNFINISHED", tmp_path / ".venv" / "unfinished")
    monkeypatch.setattr(script, "has", lambda module: module == "pip")
    monkeypatch.setattr(script, "installer", lambda: ["true"])
    monkeypatch.setattr(script, "warm_up", lambda: None)
    return script


@pytest.fixture
def lock(tmp_path):
    """A lock to install."""
    path = tmp_path / "requirements.lock"
    path.write_text("a==1\n")
    return path


def is_done(run, lock):
    """Whether the lock counts as installed."""
    return run.is_stamped(run.python_stamp(lock), lock)


def test_lock_is_installed_once(run, lock):
    """What was installed to the end counts until the lock changes."""
    assert not is_done(run, lock)

    run.install_all([lock])

    assert is_done(run, lock)
    lock.write_text("a==2\n")
    assert not is_done(run, lock)


def test_interrupted_installation_begins_afresh(run, lock, monkeypatch):
    """If pip did not end well, the next start makes the environment anew."""
    monkeypatch.setattr(run, "installer", lambda: ["false"])
    with pytest.raises(run.Stuck, match="false"):
        run.install_all([lock])
    half = run.VENV / "half"
    half.touch()

    monkeypatch.setattr(run, "installer", lambda: ["true"])
    run.install_all([lock])

    assert is_done(run, lock)
    assert not half.exists()


def test_environment_that_does_not_run_begins_afresh(run, lock):
    """After Python was upgraded or taken away the environment is made again."""
    run.install_all([lock])
    (run.VENV / "old").touch()
    run.PYTHON.unlink()

    run.install_all([lock])

    assert not (run.VENV / "old").exists()
    assert run.PYTHON.exists()


def test_interruption_of_the_second_lock_loses_neither(run, lock, monkeypatch):
    """A start that finds the second lock half installed installs both anew."""
    second = lock.with_name("requirements-dev.lock")
    second.write_text("b==1\n")
    run.install_all([lock])
    monkeypatch.setattr(run, "installer", lambda: ["false"])
    with pytest.raises(run.Stuck):
        run.install_all([lock, second])

    monkeypatch.setattr(run, "installer", lambda: ["true"])
    run.install_all([lock, second])

    assert is_done(run, lock)
    assert is_done(run, second)


def test_nothing_to_do_is_found_out_quickly():
    """Looking whether all is set up adds less than a tenth of a second to a start."""
    ask = (
        "import importlib.machinery as m, importlib.util as u, sys, time; t = time.perf_counter();"
        "l = m.SourceFileLoader('run', sys.argv[1]);"
        "r = u.module_from_spec(u.spec_from_loader('run', l)); l.exec_module(r);"
        "r.is_built(); print(time.perf_counter() - t)"
    )
    command = [sys.executable, "-c", ask, ROOT / "run"]

    took = min(float(subprocess.check_output(command)) for _ in range(3))

    assert took < 0.1


def test_help_needs_no_set_up():
    """`./run --help` says what there is."""
    said = subprocess.check_output([sys.executable, ROOT / "run", "--help"], text=True)

    assert "./run test" in said
