"""Pictures and atlases on other file systems: in memory, and on S3 and gs as servers on loopback answer them."""

from __future__ import annotations

import json
import threading
import urllib.request
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import fs

from attention_core.atlas import AtlasError, Settings, build, find_source
from attention_core.atlas.manifest import Manifest, read_manifest
from attention_core.atlas.places import Place
from attention_core.atlas.plan import begin
from attention_core.atlas.shards import PARTS, ShardWorker, shard_of
from attention_core.atlas.sources import Folder
from tests.atlas.gs_server import AFAR, GO, WHEN_ASKED
from tests.atlas.models import folder_of, vit

ASKED = Settings(across=8, batch_size=2, shard_size=5, cls_map=True, features=True)
SHARDS = [f"{folder}shard-{number:06d}.parquet" for folder in ("", "_features/") for number in range(3)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of(tmp_path_factory.mktemp("pictures"), 10, broken=1)


@pytest.fixture(scope="module")
def plain(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain")
    build(find_source(folder), vit(), out, ASKED)
    return out


def require_same(out: Place, plain: Path) -> None:
    """Compare rows, features and failures. The schema may differ: it names another place of the pictures."""
    for name in SHARDS:
        assert (out / name).read_table().equals(pq.ParquetFile(plain / name).read())
    assert (out / "_failures.jsonl").read() == (plain / "_failures.jsonl").read_bytes()
    assert json.loads((out / "_manifest.json").read())["finished"] and not (out / PARTS).files_in()


def copied(folder: Path, to: Place) -> Place:
    to.make_folder()
    for path in folder.iterdir():
        (to / path.name).write(path.read_bytes())
    return to


def test_a_file_system_that_is_not_this_machines(
    folder: Path, plain: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem())
    found = {"/out": Place(there, "out")}
    assert not found["/out"].is_local
    pictures = copied(folder, Place(there, "pictures"))
    monkeypatch.setattr(Place, "of", classmethod(lambda cls, where: found[where]))
    build(Folder(pictures), vit(), "/out", ASKED)
    require_same(Place(there, "out"), plain)
    assert build(Folder(pictures), vit(), "/out", ASKED).finished
    with pytest.raises(AtlasError, match=r"was begun with across 8, not 6"):
        build(Folder(pictures), vit(), "/out", Settings(across=6, batch_size=2, shard_size=5))


def test_an_atlas_may_lie_among_pictures_that_are_elsewhere(folder: Path, tmp_path: Path) -> None:
    there = fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem())
    pictures = copied(folder, Place(there, "pictures"))
    copied(folder, pictures / "out" / "old")
    assert begin(Folder(pictures), vit(), pictures / "out", Settings(across=8)).pictures == 11


def test_uris_of_files(folder: Path, plain: Path, tmp_path: Path) -> None:
    place = Place.of((tmp_path / "out").as_uri())
    assert place.is_local and place.path == str(tmp_path / "out")
    build(find_source(folder.as_uri()), vit(), (tmp_path / "out").as_uri(), ASKED)
    require_same(place, plain)


@pytest.mark.parametrize(
    ("scheme", "user", "store"), [("s3", "key:secret", "bucket"), ("gs", "anonymous", "gs_bucket")], ids=["s3", "gs"]
)
def test_object_stores(scheme: str, user: str, store: str, folder: Path, plain: Path, request: pytest.FixtureRequest) -> None:
    there = request.getfixturevalue(store)
    pictures, out = (f"{scheme}://{user}@bucket/{name}{there}" for name in ("pictures", "atlas/of/them"))
    copied(folder, Place.of(pictures))
    source, place = find_source(pictures), Place.of(out)
    shard = ShardWorker(place, begin(source, vit(), place, ASKED), source, vit(), ASKED.batch_size).run(1)
    assert [counts.done for counts in islice(shard, 2)] == [0, ASKED.batch_size]
    assert (place / PARTS).files_in(), "broken off after a batch"
    build(source, vit(), out, ASKED)
    require_same(place, plain)
    written = Manifest.model_validate_json((place / "_manifest.json").read())
    assert written.source == f"{scheme}://bucket/pictures"


def test_other_threads_continue_while_a_picture_loads(gs_port: int, gs_bucket: str) -> None:
    place = Place.of(f"gs://anonymous@bucket/{AFAR}/picture.png{gs_bucket}")
    place.write(b"picture")

    def let_it_come() -> None:
        for path in (WHEN_ASKED, GO):
            urllib.request.urlopen(f"http://127.0.0.1:{gs_port}{path}", timeout=60).close()

    thread = threading.Thread(target=let_it_come)
    thread.start()
    assert place.read() == b"picture"
    thread.join()


def require_same_rows(out: Path, plain: Path) -> None:
    """Compare rows except the names of the pictures."""
    for number in range(3):
        here, there = (pq.ParquetFile(each / f"shard-{number:06d}.parquet").read() for each in (out, plain))
        assert here.drop_columns("picture").equals(there.drop_columns("picture"))


def test_pictures_in_parquet_on_s3(folder: Path, plain: Path, bucket: str, tmp_path: Path) -> None:
    paths = sorted(folder.iterdir())
    table = pa.table({"image": [path.read_bytes() for path in paths], "name": [path.name for path in paths]})
    images = f"s3://key:secret@bucket/packed/images.parquet{bucket}"
    Place.of(images).write_table(table)
    build(find_source(images), vit(), tmp_path, ASKED)
    require_same(Place.of(tmp_path), plain)
    assert read_manifest(tmp_path).source == "s3://bucket/packed/images.parquet"


@pytest.mark.parametrize("lies", ["on S3, with names", "here, with URIs"])
def test_a_list_of_pictures_on_s3(
    lies: str, folder: Path, plain: Path, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(folder, Place.of(f"s3://key:secret@bucket/listed{bucket}"))
    names = sorted(path.name for path in folder.iterdir())
    if lies == "on S3, with names":
        where = f"s3://key:secret@bucket/listed/list.txt{bucket}"
        Place.of(where).write("\n".join(names).encode())
    else:
        where = str(tmp_path / "list.txt")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        names = [f"s3://bucket/listed/{name}{bucket}" for name in names]
        Path(where).write_text("\n".join(names))
    out = tmp_path / "out"
    build(find_source(where), vit(), out, ASKED)
    found = {name for path in out.glob("shard*") for name in pq.read_table(path)["picture"].to_pylist()}
    assert found == {name for name in names if "broken" not in name}
    require_same_rows(out, plain)


@pytest.mark.parametrize("at", range(1, 4))
def test_two_workers_may_make_one_shard(at: int, folder: Path, plain: Path, tmp_path: Path) -> None:
    """One worker continues after the other has made the shard and removed all parts."""
    out, source = Place.of(tmp_path / "out"), find_source(folder)
    manifest = begin(source, vit(), out, ASKED)
    slow, fast = (ShardWorker(out, manifest, source, vit(), ASKED.batch_size) for _ in range(2))
    going = slow.run(0)
    for _ in range(at):
        next(going)
    done = sum(counts.done for counts in fast.run(0))
    assert done == 5 and not (out / PARTS).files_in()
    list(going)
    assert shard_of(out, 0).read_table().equals(pq.ParquetFile(plain / SHARDS[0]).read())
    assert not (out / PARTS).files_in()


def test_parts_that_vanish_are_made_again(folder: Path, plain: Path, tmp_path: Path) -> None:
    out, source = Place.of(tmp_path / "out"), find_source(folder)
    worker = ShardWorker(out, begin(source, vit(), out, ASKED), source, vit(), ASKED.batch_size)
    going = worker.run(0)
    next(going), next(going)
    (out / PARTS).remove()
    list(going)
    for name in SHARDS[0], SHARDS[3]:
        assert (out / name).read_table().equals(pq.ParquetFile(plain / name).read())


def test_parts_that_overlap_give_each_row_once(folder: Path, plain: Path, tmp_path: Path) -> None:
    out, source = Place.of(tmp_path / "out"), find_source(folder)
    worker = ShardWorker(out, begin(source, vit(), out, ASKED), source, vit(), ASKED.batch_size)
    going = worker.run(0)
    next(going), next(going)
    for part in (out / PARTS).files_in():
        head, tail = part.name.rsplit("-", 1)
        (out / PARTS / f"{head}-9{tail[1:]}").write(part.read())
    list(going)
    for name in SHARDS[0], SHARDS[3]:
        assert (out / name).read_table().equals(pq.ParquetFile(plain / name).read())
