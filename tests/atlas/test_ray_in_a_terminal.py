"""`--ray` as typed in a terminal: the cluster at an address, the cluster that runs on this machine, or this machine alone."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from tests.atlas.models import folder_of

pytestmark = pytest.mark.nightly
PATIENCE_SECONDS = 180


@contextlib.contextmanager
def place_of_clusters() -> Iterator[Path]:
    """Yield the folder for Ray's files about these clusters only. A socket's path has room for some 100 characters."""
    folder = tempfile.mkdtemp(prefix="ray", dir="/tmp")
    yield Path(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def place() -> Iterator[Path]:
    with place_of_clusters() as place:
        yield place


@pytest.fixture
def ray(place: Path) -> dict[str, str]:
    """Return the environment of every process that takes part."""
    return environment(place)


def environment(place: Path) -> dict[str, str]:
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
    return {**os.environ, **quiet, "RAY_TMPDIR": str(place)}


@contextlib.contextmanager
def head(place: Path, **more: str) -> Iterator[str]:
    """Yield the address of a cluster with one processor, started by hand with extra variables in its environment."""
    command = [shutil.which("ray", path=str(Path(sys.executable).parent)) or "ray", "start", "--head", "--block"]
    sizes = ["--num-cpus=1", "--port=0", "--include-dashboard=false"]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = psutil.Popen([*command, *sizes], env=environment(place) | more, **silent)
    try:
        known = place / "ray" / "ray_current_cluster"
        ends = time.monotonic() + PATIENCE_SECONDS
        while not known.exists():
            assert started.poll() is None and time.monotonic() < ends
            time.sleep(0.2)
        yield known.read_text().strip()
    finally:
        those = [*started.children(recursive=True), started]
        for each in those:  # if asked to end, they would first try for half a minute to hand on their work
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        assert not psutil.wait_procs(those, PATIENCE_SECONDS)[1]


@pytest.fixture
def cluster(place: Path) -> Iterator[str]:
    with head(place) as address:
        yield address


def run(folder: Path, out: Path, environment: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    words = ["atlas", str(folder), "--model", "random-heads", "--out", str(out), "--shard", "4", "--batch", "2", *more]
    command = [sys.executable, "-m", "attention_core", *words]
    return subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE_SECONDS, text=True)


def atlas(folder: Path, out: Path, environment: dict[str, str], *more: str) -> list[dict[str, object]]:
    done = run(folder, out, environment, *more)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return [row for path in sorted(out.glob("shard-*.parquet")) for row in pq.read_table(path).to_pylist()]


def sessions(place: Path) -> set[str]:
    """Return the sessions of the clusters that ran."""
    return {path.name for path in (place / "ray").glob("session_2*")}


def test_without_a_cluster_this_machine_makes_it_alone(ray: dict[str, str], place: Path, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "pictures", 10, broken=1)
    plain = atlas(folder, tmp_path / "plain", ray)
    assert not sessions(place)
    assert atlas(folder, tmp_path / "out", ray, "--ray", "auto", "--workers", "2") == plain
    assert len(plain) and len(sessions(place)) == 1


def workers(place: Path) -> list[Path]:
    """Return the output of all workers of the cluster in that folder."""
    return list((place / "ray" / "session_latest" / "logs").glob("worker-*"))


def test_the_cluster_that_runs_makes_it(ray: dict[str, str], cluster: str, place: Path, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "pictures", 10, broken=1)
    plain = atlas(folder, tmp_path / "plain", ray)
    before = sessions(place)
    assert atlas(folder, tmp_path / "out", ray, "--ray", "auto") == plain
    assert sessions(place) == before, "no cluster of its own"
    assert workers(place), "its workers were those of the cluster"


def test_the_cluster_at_that_address_makes_it(ray: dict[str, str], cluster: str, place: Path, tmp_path: Path) -> None:
    """It is not the cluster that `auto` would take.

    A cluster that requires a token is reached with the token only, as Ray defines it for addresses.
    """
    folder = folder_of(tmp_path / "pictures", 10, broken=1)
    plain = atlas(folder, tmp_path / "plain", ray)
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    with place_of_clusters() as elsewhere, head(elsewhere, **token) as address:
        assert address != cluster
        refused = run(folder, tmp_path / "out", ray, "--ray", address)
        said = f"no cluster of Ray's answers at {address!r}; give auto, or HOST:PORT of its head; "
        assert refused.returncode == 1
        assert refused.stderr.splitlines()[-1].startswith(said + "if it asks for a token, set RAY_AUTH_MODE=token (")
        assert not workers(elsewhere)
        assert atlas(folder, tmp_path / "out", ray | token, "--ray", address) == plain
        assert workers(elsewhere), "its workers were those of the cluster"
    assert len(sessions(place)) == 1 and not workers(place)
