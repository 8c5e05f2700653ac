"""The lock files: they name packages and hashes, never a machine or an address."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_address(lock):
    """No Python lock holds a URL, an index, a folder of wheels or a path of some machine."""
    assert [] == re.findall(r".*(?:://|--index|--find-links|file:|@ ).*", lock.read_text())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_by_hash(lock):
    """Every package of a lock has one exact version and at least one hash."""
    packages = lock.read_text().replace("\\\n", " ").splitlines()

    loose = [line for line in packages if not re.search(r"^[\w.-]+==\S+.* --hash=sha256:", line)]

    assert [] == loose


def test_node_lock_names_no_host():
    """What npm fetches is verified by hash, whichever registry the machine uses."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert [] == [name for name, package in packages.items() if "resolved" in package]
    assert [] == [name for name, package in packages.items() if name and not package["integrity"]]


def test_locks_hold_what_the_project_asks_for():
    """Every dependency that `pyproject.toml` names stands in its lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["dependency-groups"]["dev"],
        "requirements-node.lock": project["dependency-groups"]["node"],
    }

    missing = [
        f"{lock}: {name}"
        for lock, wanted in asked.items()
        for name in (re.match(r"[\w.-]+", line)[0].replace(".", "-") for line in wanted)
        if not re.search(rf"^{name}==", (ROOT / lock).read_text(), re.MULTILINE)
    ]

    assert [] == missing


def test_one_version_for_tests_and_service():
    """A package in both locks has the same version in both, so tests run what is served."""
    runtime, dev = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-dev.lock")
    )

    assert {} == {name: dev[name] for name in dev.keys() & runtime if dev[name] != runtime[name]}
