"""Features of pictures as files. Every reader gets the written numbers, and never half a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from safetensors import safe_open

from attention_core import FeatureMap, PatchGrid
from attention_core.export.features_file import ABOUT, FORMATS, write_features

SAID = {"model": "tiny", "layer": 11}


def found(rows: int, cols: int, prefix: int) -> FeatureMap:
    generator = torch.Generator().manual_seed(rows)
    patches, others = (torch.randn(count, 5, generator=generator) for count in (rows * cols, prefix))
    return FeatureMap(patches, PatchGrid(rows, cols, 14), others, 11, "features")


PICTURES = [("a/cat.jpg", found(3, 4, 2)), ("größe.png", found(5, 2, 2)), ("b.webp", found(1, 1, 0))]


@pytest.mark.parametrize("kind", ["npz", "safetensors"])
def test_arrays_are_numbered_and_named(kind: str, tmp_path: Path) -> None:
    out = tmp_path / f"features.{kind}"
    assert write_features(out, iter(PICTURES), SAID) == 3
    if kind == "npz":
        with np.load(out, allow_pickle=False) as file:
            arrays, names, said = dict(file), file["pictures"].tolist(), json.loads(str(file[ABOUT]))
    else:
        with safe_open(out, framework="np") as file:
            arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (it is no mapping)
            names, said = json.loads(file.metadata()["pictures"]), json.loads(file.metadata()[ABOUT])
    assert names == [name for name, _ in PICTURES] and said == SAID
    for number, (_, of) in enumerate(PICTURES):
        assert arrays[f"patches_{number}"].dtype == np.float32
        np.testing.assert_array_equal(arrays[f"patches_{number}"], of.patches.numpy())
        np.testing.assert_array_equal(arrays[f"prefix_{number}"], of.prefix.numpy())
        assert arrays[f"grid_{number}"].tolist() == [of.grid.rows, of.grid.cols, 14]


def test_parquet_has_a_row_for_each_patch(tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    write_features(out, iter(PICTURES), SAID)
    with pq.ParquetFile(out) as file:
        assert file.num_row_groups == 3 and json.loads(file.metadata.metadata[ABOUT.encode()]) == SAID
        rows = file.read().to_pylist()
    assert list(rows[0]) == ["picture", "row", "col", "features"]
    expected = [(name, *of.grid.position(at), of.patches[at]) for name, of in PICTURES for at in range(of.grid.num_patches)]
    assert len(rows) == len(expected)
    for row, (name, at_row, at_col, features) in zip(rows, expected, strict=True):
        assert (row["picture"], row["row"], row["col"]) == (name, at_row, at_col)
        assert torch.equal(torch.tensor(row["features"]), features)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_appears_only_when_it_is_complete(kind: str, tmp_path: Path) -> None:
    out = tmp_path / f"features.{kind}"
    out.write_text("before")

    def interrupted() -> Iterator[tuple[str, FeatureMap]]:
        yield PICTURES[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_features(out, interrupted())
    with pytest.raises(ValueError, match="there is no picture to write features of"):
        write_features(out, [])
    assert [path.name for path in tmp_path.iterdir()] == [out.name] and out.read_text() == "before"
    write_features(out, PICTURES)
    assert [path.name for path in tmp_path.iterdir()] == [out.name] and out.stat().st_size > 400


def test_an_unwritable_file_gives_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"features are written as .npz, .safetensors, .parquet; received features.csv"):
        write_features(tmp_path / "features.csv", PICTURES)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"Parquet needs pyarrow: run `pip install pyarrow`, or write .npz or .safetensors"):
        write_features(tmp_path / "features.parquet", PICTURES)
