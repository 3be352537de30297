"""A cluster of two nodes on loopback makes the same atlas as one machine."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import torch
from pyarrow import fs

from attention_core import VisionModel, load_model
from attention_core.atlas import AtlasError, Settings, build, find_source
from attention_core.atlas.on_ray import Cluster, _shared_out, build_on_ray
from attention_core.atlas.places import Place
from attention_core.cli.main import main
from tests.atlas.models import folder_of, vit
from tests.atlas.watched import Watched

ASKED = Settings(across=8, batch_size=3, shard_size=4, cls_map=True, features=True)
PICTURES = 30
pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings(r"ignore::DeprecationWarning:ray\..*"),  # Ray warns of its own settings
]


def load(device: str) -> VisionModel:
    return vit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of(tmp_path_factory.mktemp("pictures"), PICTURES, broken=2)


@pytest.fixture(scope="module")
def plain(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the atlas of one machine with two threads."""
    out, threads = tmp_path_factory.mktemp("plain"), torch.get_num_threads()
    torch.set_num_threads(1)
    build(find_source(folder), vit(), out, ASKED)
    torch.set_num_threads(threads)
    return out


def wide(device: str) -> VisionModel:
    """Return a model with learned weights: 12 layers of 6 heads, 384 wide."""
    return load_model("dinov2-small", device=device)


def require_same(out: Path, plain: Path, tables: int = 2 * 8) -> None:
    """Check that every file is equal to the last digit."""
    files = sorted(str(path.relative_to(plain)) for path in plain.rglob("*") if path.name != "_lock")
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.name != "_lock") == files
    found = [name for name in files if name.endswith(".parquet")]
    assert len(found) == tables  # rows and features
    for name in found:
        here, there = (pq.ParquetFile(each / name).read() for each in (out, plain))
        assert here.equals(there, check_metadata=True)
    for name in set(files) - set(found) - {"_features"}:
        assert (out / name).read_bytes() == (plain / name).read_bytes()


@pytest.mark.nightly
def require_close(out: Path, plain: Path) -> None:
    """Check that numbers agree within float32's rounding, and that everything else is equal."""
    files = sorted(path.relative_to(plain) for path in plain.rglob("*.parquet"))
    assert files and files == sorted(path.relative_to(out) for path in out.rglob("*.parquet"))
    for name in files:
        here, there = (pq.ParquetFile(folder / name).read().to_pydict() for folder in (out, plain))
        assert list(here) == list(there)
        for column, values in there.items():
            expected = pytest.approx(values, rel=1e-4, abs=1e-5, nan_ok=True) if is_numbers(values) else values
            assert here[column] == expected, column


def is_numbers(values: list[Any]) -> bool:
    return all(isinstance(value, float) for value in values)


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_are_those_of_one_machine(workers: int, nodes: Any, folder: Path, plain: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int, int, int]] = []
    made = build_on_ray(
        find_source(folder),
        load,
        tmp_path / "out",
        ASKED,
        Cluster(workers=workers),
        lambda *counts: told.append(counts),
    )
    require_same(tmp_path / "out", plain)
    assert made.finished and told[-1] == (PICTURES + 2, PICTURES + 2, 2, 0) and len(told) == made.num_shards


@pytest.mark.nightly
def test_rows_of_a_wide_model_are_those_of_one_machine(nodes: Any, tmp_path: Path) -> None:
    """One worker with one thread, or two workers that share the work, against one thread here.

    On some processors torch's matrix products round differently in each process, so numbers must agree within 1e-5.
    """
    source, asked = find_source(folder_of(tmp_path / "pictures", 8)), Settings(across=14, batch_size=2, shard_size=2)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    build(source, wide("cpu"), tmp_path / "plain", asked)
    torch.set_num_threads(threads)
    for workers in (1, 2):
        notes = tmp_path / f"notes-{workers}"
        notes.mkdir()
        watched, out = Watched(source, notes, together=workers), tmp_path / f"out-{workers}"
        build_on_ray(watched, wide, out, asked, Cluster(workers=workers, threads=1), device="cpu")
        begun = watched.begun()
        assert len(begun) == workers and all(begun.values()) and set.union(*begun.values()) == {0, 2, 4, 6}
        require_close(out, tmp_path / "plain")


@pytest.mark.nightly
def test_pictures_and_atlas_on_s3(nodes: Any, folder: Path, bucket: str, tmp_path: Path) -> None:
    pictures, plain, out = (f"s3://key:secret@bucket/{name}{bucket}" for name in ("pictures", "plain", "out/on/ray"))
    for path in folder.iterdir():
        (Place.of(pictures) / path.name).write(path.read_bytes())
    (tmp_path / "notes").mkdir()
    watched = Watched(find_source(pictures), tmp_path / "notes")
    build(find_source(pictures), vit(), plain, ASKED)
    build_on_ray(watched, load, out, ASKED, Cluster(workers=1))
    here, there = (tmp_path / name for name in ("here", "there"))
    for where, to in ((out, here), (plain, there)):
        fs.copy_files(Place.of(where).path, str(to), source_filesystem=Place.of(where).files)
    require_same(here, there)
    assert set.union(*watched.begun().values()) == set(range(0, PICTURES + 2, ASKED.shard_size))


@pytest.mark.nightly
def test_existing_shards_are_not_made_again(nodes: Any, folder: Path, plain: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(plain, out)
    kept = out / "shard-000001.parquet"
    (out / "shard-000002.parquet").unlink()
    before, told = kept.stat().st_mtime_ns, []
    build_on_ray(find_source(folder), load, out, ASKED, Cluster(workers=1), lambda *counts: told.append(counts))
    assert kept.stat().st_mtime_ns == before and told[-2:] == [(32, 28, 1, 28), (32, 32, 2, 28)]
    require_same(out, plain)


def refuses(device: str) -> VisionModel:
    if os.environ.get("RAY_JOB_ID") or "ray::" in Path("/proc/self/cmdline").read_text():
        raise OSError("there are no weights here")
    return vit()


@pytest.mark.nightly
def test_an_error_on_a_node_is_one_sentence(nodes: Any, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(AtlasError) as error:
        build_on_ray(find_source(folder), refuses, tmp_path / "out", ASKED, Cluster(workers=1))
    assert str(error.value) == "a worker could not go on: there are no weights here"


@pytest.mark.nightly
def test_a_killed_node_loses_nothing(nodes: Any, folder: Path, plain: Path, tmp_path: Path) -> None:
    """The node is killed in the middle of a shard. The other node starts that shard again."""
    doomed = next(iter(nodes.worker_nodes))
    (tmp_path / "notes").mkdir()
    source = Watched(find_source(folder), tmp_path / "notes", together=2, held=doomed.node_id)
    killed: list[int] = []

    def kill(pictures: int, done: int, *_: int) -> None:
        if not killed:
            killed.append(done)
            nodes.remove_node(doomed, allow_graceful=False)

    build_on_ray(source, load, tmp_path / "out", ASKED, Cluster(workers=2), kill)
    begun = source.begun()
    (lost,) = begun.pop(doomed.node_id)
    assert killed and killed[0] < PICTURES
    assert all(lost in shards for shards in begun.values()) and len(begun) == 1
    require_same(tmp_path / "out", plain)


def test_without_ray_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "ray" else find(name, *rest))
    assert main(["atlas", str(folder), "--out", "x", "--ray", "auto"]) == 1
    assert capsys.readouterr().err == "a cluster needs Ray: run `pip install 'ray[data]'`, or leave out --ray\n"


@pytest.mark.parametrize("address", ["127.0.0.1:1", "no such host:6379", "127.0.0.1", "127.0.0.1:99999", "x\0y:1", "é..:1"])
def test_an_address_without_a_cluster(address: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["atlas", str(folder), "--out", "x", "--ray", address]) == 1
    said = f"no cluster of Ray's answers at {address!r}; give HOST:PORT of its head, or auto\n"
    assert capsys.readouterr().err == said


def test_workers_without_a_cluster(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["atlas", str(folder), "--out", "x", "--workers", "2"]) == 1
    assert capsys.readouterr().err == "--workers are those of a cluster; give --ray auto as well, or leave it out\n"


def node(cpus: float, gpus: int = 0, alive: bool = True) -> dict[str, Any]:
    return {"Alive": alive, "Resources": {"CPU": cpus} | ({"GPU": gpus} if gpus else {})}


@pytest.mark.parametrize(
    ("sizes", "on_gpu", "workers", "shared"),
    [
        ([(8,), (8,)], False, None, (4, 4)),
        ([(2,), (8,)], False, None, (5, 2)),
        ([(0,), (6,)], False, None, (1, 4)),
        ([(3,), (3,)], False, 4, (4, 1)),
        ([(8,), (8,)], False, 1, (1, 8)),
        ([(1,), (1,)], False, 5, (5, 1)),
        ([(16,), (16, 2)], True, None, (2, 4)),
        ([(16,), (4, 4)], True, None, (4, 1)),
        ([(8,), (8, 0, False)], False, None, (2, 4)),
        ([], False, None, (1, 1)),
    ],
)
def test_workers_and_threads_find_room(
    sizes: list[tuple[Any, ...]], on_gpu: bool, workers: int | None, shared: tuple[int, int]
) -> None:
    assert _shared_out([node(*size) for size in sizes], on_gpu, Cluster(workers=workers)) == shared
