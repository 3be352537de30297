"""`regard atlas` turns a folder of pictures into one folder of Parquet."""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from attention_core.atlas import read_manifest
from attention_core.cli import atlas
from attention_core.cli.main import main
from tests.atlas.models import folder_of

MODEL = ["--model", "random-heads", "--across", "4", "--patch-size", "8"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "pictures", 3, broken=1)


def test_it_prints_what_it_wrote(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "atlas"
    assert main(["atlas", str(folder), "--out", str(out), *MODEL]) == 0
    said = capsys.readouterr()
    assert said.out == (f"pictures: 3 (1 left out, named in {out}/_failures.jsonl); 6 heads of random-heads\nwritten: {out}\n")
    assert said.err == ""
    assert pq.read_table(out).num_rows == 18
    assert main(["atlas", str(folder), "--out", str(out), *MODEL, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "pictures": 3, "left_out": 1, "heads": 6, "model": "random-heads", "out": str(out),
    }  # fmt: skip


def test_options_are_taken(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "atlas"
    files = [str(path) for path in folder.glob("*.png")]
    words = ["--out", str(out), *MODEL, "--batch", "2", "--shard", "2", "--cls-map"]
    assert main(["atlas", *files, *words]) == 0
    said = read_manifest(out)
    assert (said.pictures, said.shard_size, said.cls_map, said.across) == (3, 2, True, 4)
    assert "cls_map" in pq.read_schema(out / "shard-000001.parquet").names


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere", "--out", "x"], r"there is no folder, glob, list\.txt or images\.parquet nowhere"),
        ([".", "--out", "x", "--model", "no-such"], r".*no-such.*"),
        ([".", "--out", "x", "--across", "2"], r"patches across must be 4–.*"),
        ([".", "--out", "zzz://bucket/x"], r"zzz://bucket/x cannot be reached: .*"),
    ],
)
def test_an_impossible_request_is_one_sentence(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder_of(tmp_path, 1)
    monkeypatch.chdir(tmp_path)
    model = [] if "--model" in words else MODEL[:2]
    assert main(["atlas", *words, *model]) == 1
    err = capsys.readouterr().err
    assert re.fullmatch(said + r"\n", err), err


def test_a_full_disk_says_how_to_go_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atlas, "build", full)
    assert main(["atlas", str(folder), "--out", str(tmp_path / "x"), *MODEL]) == 1
    said = capsys.readouterr().err
    assert said == (
        f"there is no room left for {tmp_path / 'x'}; what is done is kept; make room and run the same again to go on.\n"
    )


def test_it_can_be_resumed_after_an_interruption(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(atlas._Shown, "__call__", interrupted)
        assert main(["atlas", str(folder), "--out", str(tmp_path / "x"), *MODEL]) == 130
    assert capsys.readouterr().err == "Interrupted; what is done is kept. Run the same again to go on.\n"
    assert main(["atlas", str(folder), "--out", str(tmp_path / "x"), *MODEL]) == 0


def test_without_pyarrow_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(atlas.importlib.util, "find_spec", lambda _: None)
    assert main(["atlas", str(folder), "--out", "x", *MODEL]) == 1
    assert capsys.readouterr().err == "an atlas is written as Parquet, which needs pyarrow: run `pip install pyarrow`\n"
