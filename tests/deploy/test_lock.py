"""deploy/requirements.lock and requirements.txt agree."""

from __future__ import annotations

import re
from collections import defaultdict
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.browser.serving import ROOT

LOCK = (ROOT / "deploy/requirements.lock").read_text("utf-8")
PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^ ]+)(?: ; [^\\]+)? \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M
)
LOCKED: defaultdict[str, list[Version]] = defaultdict(list)
for pin in PIN.finditer(LOCK):
    LOCKED[pin["name"]].append(Version(pin["version"]))
"""Several where interpreters differ."""
LINES = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
WANTED = [Requirement(line.partition("#")[0].strip()) for line in LINES if line.partition("#")[0].strip()]


@pytest.mark.parametrize("wanted", WANTED, ids=lambda wanted: wanted.name)
def test_all_that_is_required_is_locked_within_its_range(wanted: Requirement) -> None:
    versions = LOCKED[canonicalize_name(wanted.name)]
    assert versions and all(version in wanted.specifier for version in versions)


def test_every_line_of_the_lock_has_hashes_and_no_address() -> None:
    lines = [line for line in LOCK.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(lines) == sum(map(len, LOCKED.values())) > 60
    assert "://" not in LOCK


def test_dependencies_of_locked_packages_are_locked() -> None:
    """Only installed packages are checked. If a new release adds a dependency, the lock would lack it."""
    known = 0
    for name, versions in list(LOCKED.items()):
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system
        if Version(found.version).public not in {version.public for version in versions}:
            continue
        known += 1
        for needed in map(Requirement, found.requires or []):
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert canonicalize_name(needed.name) in LOCKED, f"{name} needs {needed.name}: make lock"
    assert known > 30
