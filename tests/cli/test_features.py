"""`regard features` turns many pictures into one file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import save_file

from attention_core import load_model
from attention_core.cli.main import main

ROOT = Path(__file__).parents[2]
PHOTO = ROOT / "assets/photos/cat.jpg"
TINY = "vit_tiny_patch16_224"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return a model's name and a checkpoint, as words of the command line."""
    torch.manual_seed(3)
    path = tmp_path_factory.mktemp("weights") / "mine.safetensors"
    save_file(timm.create_model(TINY).state_dict(), path)
    return ["--model", TINY, "--checkpoint", str(path), "--across", "6"]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Return two pictures, one of them in a subfolder, and two files that are not pictures."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    shutil.copy(PHOTO, folder / "b.jpg")
    Image.effect_noise((40, 60), 50).save(folder / "more/a.png")
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden").write_text("not even looked at")
    Image.new("RGB", (3, 3)).save(folder / "tiny.png")
    return folder


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[dict[str, Any], str]:
    assert main(["features", *words, "--json"]) == 0
    said = capsys.readouterr()
    return json.loads(said.out), said.err


def test_features_are_those_of_python(photos: Path, tiny: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    out = photos.parent / "features.npz"
    said, told = run(capsys, str(photos), str(PHOTO), *tiny, "--out", str(out))
    left_out = [str(photos / "notes.txt"), str(photos / "tiny.png")]
    assert said == {
        "model": TINY, "kind": "features", "layer": 11, "width": 192, "pictures": 3, "left_out": left_out, "out": str(out),
    }  # fmt: skip
    assert f"{left_out[0]} is left out. This is not an image" in told and f"{left_out[1]} is left out." in told
    model = load_model(TINY, checkpoint=tiny[3])
    with np.load(out) as file:
        assert file["pictures"].tolist() == [str(photos / "b.jpg"), str(photos / "more/a.png"), str(PHOTO)]
        for number, name in enumerate(file["pictures"].tolist()):
            record, grid = model.record(name, 6, features=True)
            found = model.feature_map(record, grid, 11)
            np.testing.assert_allclose(file[f"patches_{number}"], found.patches.numpy(), atol=1e-5)
            np.testing.assert_allclose(file[f"prefix_{number}"], found.prefix.numpy(), atol=1e-5)
            assert file[f"grid_{number}"].tolist() == [grid.rows, grid.cols, 16]
    assert sorted(path.name for path in photos.parent.iterdir()) == ["features.npz", "photos"]


@pytest.mark.parametrize(("layer", "kind"), [("3", "raw"), ("-9", "raw"), ("3", "v"), ("3", "q")])
def test_layer_and_kind_are_the_requested_ones(
    layer: str, kind: str, photos: Path, tiny: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = photos.parent / "features.npz"
    said, _ = run(capsys, str(PHOTO), *tiny, "--out", str(out), "--layer", layer, "--kind", kind)
    model = load_model(TINY, checkpoint=tiny[3])
    expected = model.feature_map(*model.record(PHOTO, 6, features=True), 3, kind)
    assert (said["layer"], said["kind"]) == (3, kind)
    with np.load(out) as file:
        np.testing.assert_allclose(file["patches_0"], expected.patches.numpy(), atol=1e-5)


def test_the_last_layer_is_the_last_on_the_image(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SigLIP's last call pools with one query."""
    name = "vit_base_patch16_siglip_224"
    path = tmp_path / "mine.safetensors"
    torch.manual_seed(0)
    save_file(timm.create_model(name).state_dict(), path)
    words = ["--model", name, "--checkpoint", str(path), "--across", "4"]
    said, _ = run(capsys, str(PHOTO), *words, "--out", str(tmp_path / "features.safetensors"))
    assert said["layer"] == 11
    assert load_model(name, checkpoint=path).num_layers == 13


def test_it_says_in_a_line_what_it_wrote(photos: Path, tiny: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    out = photos.parent / "features.parquet"
    assert main(["features", str(photos), *tiny, "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"pictures: 2 (2 left out); features of layer 11, 192 wide\nwritten: {out}\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["no-such-folder", "--out", "features.npz"], "there is no file or folder no-such-folder"),
        ([str(PHOTO), "--out", "features.csv"], "--out must end in one of .npz, .safetensors, .parquet"),
        ([str(PHOTO), "--out", "no/such/features.npz"], "there is no folder no/such; make it first"),
        ([str(PHOTO), "--out", "f.npz", "--model", "raw-patches"], "Raw patches has no layer with features on the image"),
        ([str(PHOTO), "--out", "f.npz", "--model", "raw-patches", "--layer", "0"], "it lies in no block"),
        ([str(PHOTO), "--out", "f.npz", "--model", "raw-patches", "--layer", "1"], "layer must be 0–0 of raw-patches"),
        ([str(PHOTO), "--out", "f.npz", "--model", "raw-patches", "--layer", "-2", "--kind", "k"], "layer must be -1 to -1"),
    ],
)
def test_impossible_requests_give_one_sentence_and_exit_with_1(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["features", *words]) == 1
    said = capsys.readouterr()
    assert sentence in said.err and len(said.err.strip().splitlines()) == 1 and said.out == ""
    assert list(tmp_path.iterdir()) == []


def test_without_any_picture_nothing_is_written(photos: Path, tiny: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    out = photos.parent / "features.npz"
    assert main(["features", str(photos / "notes.txt"), *tiny, "--out", str(out)]) == 1
    assert "there is no picture to write features of" in capsys.readouterr().err and not out.exists()
