"""`--ray auto`, as typed in a terminal: the cluster that runs on this machine, or this machine alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.atlas.models import folder_of

pytestmark = pytest.mark.nightly
PATIENCE_SECONDS = 180


@pytest.fixture
def place() -> Iterator[Path]:
    """What Ray keeps of its clusters, this one's alone; a socket's path has room for some 100 characters."""
    folder = tempfile.mkdtemp(prefix="ray", dir="/tmp")
    yield Path(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ray(place: Path) -> dict[str, str]:
    """The environment of whoever takes part."""
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
    return {**os.environ, **quiet, "RAY_TMPDIR": str(place)}


@pytest.fixture
def cluster(ray: dict[str, str], place: Path) -> Iterator[Path]:
    """A head of one processor, started by hand: the folder of its session."""
    command = [shutil.which("ray", path=str(Path(sys.executable).parent)) or "ray", "start", "--head", "--block"]
    sizes = ["--num-cpus=1", "--port=0", "--include-dashboard=false"]
    head = subprocess.Popen([*command, *sizes], env=ray, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        known = place / "ray" / "ray_current_cluster"
        ends = time.monotonic() + PATIENCE_SECONDS
        while not known.exists():
            assert head.poll() is None and time.monotonic() < ends
            time.sleep(0.2)
        yield place / "ray"
    finally:
        os.killpg(head.pid, signal.SIGTERM)
        head.wait(PATIENCE_SECONDS)


def atlas(folder: Path, out: Path, environment: dict[str, str], *more: str) -> list[dict[str, object]]:
    words = ["atlas", str(folder), "--model", "random-heads", "--out", str(out), "--shard", "4", "--batch", "2", *more]
    command = [sys.executable, "-m", "attention_core", *words]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE_SECONDS, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return [row for path in sorted(out.glob("shard-*.parquet")) for row in pq.read_table(path).to_pylist()]


def sessions(place: Path) -> set[str]:
    """Of the clusters that ran."""
    return {path.name for path in (place / "ray").glob("session_2*")}


def test_where_none_runs_this_machine_makes_it_alone(ray: dict[str, str], place: Path, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "pictures", 10, broken=1)
    plain = atlas(folder, tmp_path / "plain", ray)
    assert not sessions(place)
    assert atlas(folder, tmp_path / "out", ray, "--ray", "auto", "--workers", "2") == plain
    assert len(plain) and len(sessions(place)) == 1


def test_the_cluster_that_runs_makes_it(ray: dict[str, str], cluster: Path, place: Path, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "pictures", 10, broken=1)
    plain = atlas(folder, tmp_path / "plain", ray)
    before = sessions(place)
    assert atlas(folder, tmp_path / "out", ray, "--ray", "auto") == plain
    assert sessions(place) == before, "no cluster of its own"
    assert list((cluster / "session_latest" / "logs").glob("worker-*")), "its workers were those of the cluster"
