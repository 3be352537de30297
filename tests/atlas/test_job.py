"""The atlas job over any folder: what it writes, and that it can be interrupted at any moment and resumed."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attention_core.atlas import AtlasError, Settings, build, find_source, measure, plan, read_manifest
from attention_core.atlas.columns import NAMES
from attention_core.atlas.measuring import Measurer
from attention_core.atlas.places import Place
from attention_core.atlas.plan import read_patterns
from tests.atlas.models import folder_of, picture, swin, vit

pytestmark = pytest.mark.long
PICTURES, BATCH, SHARD = 11, 3, 5
ASKED = Settings(across=6, batch_size=BATCH, shard_size=SHARD, cls_map=True, features=True)


def table(out: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for path in sorted(out.glob("*.parquet")) if not path.name.startswith("_")])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of pictures of two shapes, and two files that are not pictures."""
    return folder_of(tmp_path_factory.mktemp("pictures"), PICTURES, broken=2)


@pytest.fixture(scope="module")
def whole(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the atlas of that folder, made without an interruption."""
    out = tmp_path_factory.mktemp("whole") / "atlas"
    build(find_source(folder), vit(), out, ASKED)
    return out


def test_every_picture_layer_and_head_has_one_row_in_order(folder: Path, whole: Path) -> None:
    names = sorted(path.name for path in folder.glob("*.png"))
    rows = table(whole)
    found = list(zip(*(rows[name].to_pylist() for name in ("picture", "layer", "head")), strict=True))
    assert found == [(name, layer, head) for name in names for layer in range(3) for head in range(3)]
    assert all(rows[name].null_count == 0 for name in NAMES)


def test_rows_are_those_of_measure(folder: Path, whole: Path) -> None:
    means = read_patterns(Place.of(whole))
    paths = [(path.name, path) for path in sorted(folder.glob("*.png"))]
    expected = {}
    for one in measure(paths, vit(), across=6, batch_size=1, means=means, cls_map=True):
        expected |= {(line["picture"], line["layer"], line["head"]): line for line in one.to_pylist()}
    for line in table(whole).to_pylist():
        other = expected.pop((line["picture"], line["layer"], line["head"]))
        for name in NAMES:
            assert line[name] == pytest.approx(other[name], rel=1e-6, abs=1e-6)
        assert line["cls_map"] == pytest.approx(other["cls_map"], abs=1e-6)
    assert not expected


def test_features_are_those_of_the_last_block(folder: Path, whole: Path) -> None:
    kept = pq.read_table(whole / "_features").to_pylist()
    assert [line["picture"] for line in kept] == sorted(path.name for path in folder.glob("*.png"))
    record, grid = vit().record(folder / "004.png", 6, features=[2])
    expected = vit().feature_map(record, grid, 2).patches.mean(0)
    assert kept[4]["features"] == pytest.approx(expected.tolist(), abs=1e-5)


def test_the_manifest_describes_the_atlas(folder: Path, whole: Path) -> None:
    said = read_manifest(whole)
    assert (said.finished, said.pictures, said.failed, said.heads, said.source) == (True, 13, 2, [3, 3, 3], str(folder))
    failures = [json.loads(line) for line in (whole / "_failures.jsonl").read_text().splitlines()]
    assert [each["picture"] for each in failures] == ["000-broken.jpg", "007-broken.jpg"]
    assert all("not an image Regard can read" in each["reason"] for each in failures)
    assert not (whole / "_parts").exists() and not list(whole.glob(".*"))


def test_units_and_sources_stand_in_the_schema(whole: Path) -> None:
    schema = pq.read_schema(whole / "shard-000000.parquet")
    assert schema.field("entropy").metadata[b"unit"] == b"bits"
    assert schema.field("mean_distance").metadata == {
        b"unit": b"patches", b"source": b"Dosovitskiy et al. 2021, figure 7; Raghu et al. 2021, figure 1",
    }  # fmt: skip
    assert b"Kobayashi" in schema.field("contribution").metadata[b"source"]
    assert json.loads(schema.metadata[b"regard.atlas"])["version"] == 1


def test_pandas_polars_and_duckdb_read_the_same(whole: Path) -> None:
    import duckdb
    import pandas as pd
    import polars as pl

    expected = table(whole).select(["picture", "layer", "head", *NAMES]).to_pylist()
    by_pandas = pd.read_parquet(whole)[["picture", "layer", "head", *NAMES]].to_dict("records")
    by_polars = pl.read_parquet(whole / "*.parquet").select("picture", "layer", "head", *NAMES).to_dicts()
    found = duckdb.sql(f"SELECT picture, layer, head, {', '.join(NAMES)} FROM '{whole}/*.parquet' ORDER BY 1, 2, 3")
    by_duckdb = [dict(zip(found.columns, line, strict=True)) for line in found.fetchall()]
    for read in (by_pandas, by_polars, by_duckdb):
        assert sorted(read, key=lambda line: (line["picture"], line["layer"], line["head"])) == expected


class Killed(BaseException):
    """Stands for the end of the process."""


class Moments:
    """Counts the steps in which a job uses its folder or computes, and ends the job at one of them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.left = -1
        self.measured: Counter[str] = Counter()
        for owner, name in ((Place, "write"), (Place, "write_table"), (Place, "remove"), (Place, "make_folder")):
            patch.setattr(owner, name, self.step(getattr(owner, name)))
        patch.setattr(plan, "write_names", self.step(plan.write_names))
        rows = Measurer.__call__

        def counted(measurer: Measurer, pictures: Any, grid: Any) -> Any:
            self.measured["pictures"] += len(pictures) if measurer.means is not None else 0
            return rows(measurer, pictures, grid)

        patch.setattr(Measurer, "__call__", self.step(counted))

    def step(self, action: Any) -> Any:
        """Return the action with a possible end before it or after it."""

        def stepped(*args: Any) -> Any:
            self.end()
            result = action(*args)
            self.end()
            return result

        return stepped

    def end(self) -> None:
        if self.left == 0:
            self.left = -1
            raise Killed
        self.left -= 1


@settings(max_examples=8)
@given(moments=st.lists(st.integers(0, 70), min_size=1, max_size=6))
def test_an_interruption_anywhere_loses_and_repeats_nothing(
    folder: Path, whole: Path, tmp_path_factory: pytest.TempPathFactory, moments: list[int]
) -> None:
    out = tmp_path_factory.mktemp("broken") / "atlas"
    with pytest.MonkeyPatch.context() as patch:
        watched = Moments(patch)
        for moment in [*moments, -1]:
            watched.left = moment
            before = watched.measured["pictures"]
            try:
                build(find_source(folder), vit(), out, ASKED)
            except Killed:
                if watched.measured["pictures"] == before:
                    continue
    assert read_manifest(out) == read_manifest(whole)
    assert table(out).equals(table(whole)), "to the last digit"
    assert pq.read_table(out / "_features").equals(pq.read_table(whole / "_features"))
    assert (out / "_failures.jsonl").read_text() == (whole / "_failures.jsonl").read_text()
    assert not (out / "_parts").exists()
    assert watched.measured["pictures"] <= PICTURES + BATCH * len(moments), "of each break at most one batch twice"


@pytest.mark.nightly
def test_killed_by_the_system_at_many_moments(folder: Path, whole: Path, tmp_path: Path) -> None:
    """The job runs in a process of its own. SIGKILL ends it each time it has begun another file."""
    out = tmp_path / "atlas"
    script = (
        "import sys, torch; from pathlib import Path; torch.set_num_threads(1)\n"
        "from attention_core.atlas import build, find_source; from tests.atlas.models import vit\n"
        "from tests.atlas.test_job import ASKED\n"
        "build(find_source(sys.argv[1]), vit(), sys.argv[2], ASKED)\n"
    )
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    kills = 0
    while kills < 4:
        had = set(out.rglob("*"))
        process = subprocess.Popen([sys.executable, "-c", script, str(folder), str(out)], env=environment, cwd=Path.cwd())
        while process.poll() is None and len(set(out.rglob("*")) - had) < 4:
            time.sleep(0.002)
        if process.poll() is not None:
            assert process.returncode == 0
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    assert kills >= 2
    build(find_source(folder), vit(), out, ASKED)
    assert read_manifest(out) == read_manifest(whole)
    for name in ("picture", "layer", "head"):
        assert table(out)[name].equals(table(whole)[name])
    for name in NAMES:
        assert table(out)[name].to_pylist() == pytest.approx(table(whole)[name].to_pylist(), rel=1e-6, abs=1e-6)


def test_a_job_resumed_in_other_batches_is_complete(folder: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "atlas"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        watched = Moments(patch)
        watched.left = 30
        build(find_source(folder), vit(), out, ASKED)
    assert list((out / "_parts").iterdir())
    build(find_source(folder), vit(), out, Settings(**{**vars(ASKED), "batch_size": 2}))
    assert table(out).select(["picture", "layer", "head"]).equals(table(whole).select(["picture", "layer", "head"]))


def test_new_measures_are_null_for_pictures_of_an_older_regard(folder: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "atlas"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        watched = Moments(patch)
        watched.left = 30
        build(find_source(folder), vit(), out, ASKED)
    parts = [part for part in (out / "_parts").iterdir() if not part.name.startswith("features-")]
    earlier = {name for part in parts for name in pq.read_table(part)["picture"].to_pylist()}
    for part in parts:
        pq.write_table(pq.read_table(part).drop_columns(["entropy"]), part)
    build(find_source(folder), vit(), out, ASKED)
    absent = {line["picture"] for line in table(out).to_pylist() if line["entropy"] is None}
    assert earlier and absent == earlier
    assert table(out).drop_columns(["entropy"]).equals(table(whole).drop_columns(["entropy"]))


def test_pictures_added_later_are_not_in_this_atlas(folder: Path, tmp_path: Path) -> None:
    mine = Path(shutil.copytree(folder, tmp_path / "pictures"))
    out = tmp_path / "atlas"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        watched = Moments(patch)
        watched.left = 30
        build(find_source(mine), vit(), out, ASKED)
    picture(99).save(mine / "000-later.png")
    (mine / "010.png").unlink()
    made = build(find_source(mine), vit(), out, ASKED)
    assert made.pictures == 13 and made.failed == 3
    assert "000-later.png" not in table(out)["picture"].to_pylist()
    assert '"010.png", "reason": "The file cannot be read: ' in (out / "_failures.jsonl").read_text()


def test_a_batch_that_does_not_fill_is_measured_after_a_while(tmp_path: Path) -> None:
    """A wide picture among many squares is measured before the end, so memory stays flat."""
    from attention_core.atlas.filling import PATIENCE, batches

    pictures = [(str(n), picture(n, *((64, 40) if n == 0 else (48, 48)))) for n in range(PATIENCE * 2 + 6)]
    sizes = [(batch.names[0], len(batch.names)) for batch in batches(pictures, vit(), 6, 2)]  # type: ignore[union-attr]
    at = [name for name, _ in sizes].index("0")
    assert 0 < at <= PATIENCE and dict(sizes)["0"] == 1
    assert sum(count for _, count in sizes) == len(pictures)


def refused(source: Path | str, out: Path, asked: Settings = ASKED, model: Any = None) -> str:
    with pytest.raises((ValueError, OSError)) as caught:
        build(find_source(source), model or vit(), out, asked)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_impossible_requests_give_one_sentence(folder: Path, whole: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path / "empty", tmp_path / "out") == f"there are no pictures in {tmp_path / 'empty'}"
    folder_of(tmp_path / "broken", 0, broken=2)
    said = refused(tmp_path / "broken", tmp_path / "out")
    assert re.match(r"there is no picture that can be read\. 00\d-broken.jpg: This is not an image Regard can read", said)
    assert "was begun with across 6, not 8" in refused(folder, whole, Settings(**{**vars(ASKED), "across": 8}))
    assert "was begun with model 'vit_tiny" in refused(folder, whole, ASKED, swin())
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("mine")
    assert "has other files in it" in refused(folder, tmp_path / "full")
    assert "is a file; give a folder" in refused(folder, tmp_path / "full" / "thesis.tex")
    assert "Not a directory" in refused(folder, tmp_path / "full" / "thesis.tex" / "atlas")
    assert "no folder, glob, list.txt or images.parquet" in refused(tmp_path / "nowhere", tmp_path / "out")


def test_two_jobs_do_not_write_one_folder(folder: Path, tmp_path: Path) -> None:
    out, said = tmp_path / "atlas", []

    def second(*_: int) -> None:
        with pytest.raises(AtlasError) as caught:
            build(find_source(folder), vit(), out, ASKED)
        said.append(str(caught.value))

    build(find_source(folder), vit(), out, ASKED, on_progress=second)
    assert said and set(said) == {f"another job writes {out}; wait for it, or give another --out"}


def test_a_full_disk_ends_the_job_and_keeps_its_work(
    folder: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, written = tmp_path / "atlas", 0
    write = pq.write_table

    def full(table: pa.Table, path: str, **options: Any) -> None:
        nonlocal written
        written += 1
        if written == 6:
            Path(path).write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        write(table, path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(pq, "write_table", full)
        with pytest.raises(OSError, match="No space left"):
            build(find_source(folder), vit(), out, ASKED)
    assert not list(out.rglob(".*")), "no half of a file"
    build(find_source(folder), vit(), out, ASKED)
    assert table(out).equals(table(whole))


def test_an_atlas_may_lie_among_its_pictures(folder: Path, tmp_path: Path) -> None:
    mine = Path(shutil.copytree(folder, tmp_path / "pictures"))
    made = build(find_source(mine), vit(), mine / "atlas", ASKED)
    assert made.pictures == 13


def test_progress_counts_earlier_work(folder: Path, whole: Path) -> None:
    told: list[tuple[int, int, int, int]] = []
    build(find_source(folder), vit(), whole, ASKED, on_progress=lambda *each: told.append(each))
    assert told == [(13, 5, 1, 5), (13, 10, 2, 10), (13, 13, 2, 13)]
