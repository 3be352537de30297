"""`regard atlas --checkpoint` with a model before and after further training."""

from __future__ import annotations

import hashlib
from argparse import Namespace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import timm
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from attention_core.atlas import read_manifest
from attention_core.atlas.comparing import compare
from attention_core.atlas.reading import Atlas
from attention_core.cli.atlas import _Loading
from attention_core.cli.main import main
from tests.atlas.models import folder_of

MODEL, PICTURES = "test_vit", 5
"""A test model of timm: six layers of two heads."""


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the model's weights before and after some training steps that separate pictures."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    module = timm.create_model(MODEL, num_classes=4)
    save_file(module.state_dict(), folder / "before.safetensors")
    optimizer = torch.optim.SGD(module.parameters(), lr=1.0)
    pixels = torch.randn(4, 3, 160, 160)
    for _ in range(3):
        optimizer.zero_grad()
        F.cross_entropy(module(pixels), torch.arange(4)).backward()
        optimizer.step()
    save_file(module.state_dict(), folder / "after.safetensors")
    return {name: folder / f"{name}.safetensors" for name in ("before", "after")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of(tmp_path_factory.mktemp("pictures"), PICTURES)


def words(folder: Path, out: Path, *more: str) -> list[str]:
    return ["atlas", str(folder), "--out", str(out), "--model", MODEL, "--across", "4", *more]


@pytest.fixture(scope="module")
def atlases(folder: Path, checkpoints: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("atlases")
    for name, path in checkpoints.items():
        assert main(words(folder, out / name, "--checkpoint", str(path))) == 0
    return {name: out / name for name in checkpoints}


def test_the_manifest_has_the_digest_of_the_checkpoint(atlases: dict[str, Path], checkpoints: dict[str, Path]) -> None:
    said = {name: read_manifest(out).weights for name, out in atlases.items()}
    assert said == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in checkpoints.items()}
    assert said["before"] != said["after"]
    assert {read_manifest(out).model for out in atlases.values()} == {MODEL}


def test_all_pictures_are_paired_and_heads_have_changed(atlases: dict[str, Path]) -> None:
    found = compare(Atlas(atlases["before"]), Atlas(atlases["after"]), "entropy")
    assert found.paired and found.pictures == (PICTURES, PICTURES) and (found.count == PICTURES).all()
    before, after = (pq.read_table(out)["entropy"].to_numpy().astype(float).reshape(PICTURES, 6, 2) for out in atlases.values())
    np.testing.assert_allclose(found.difference, (after - before).mean(0), rtol=1e-6, atol=1e-9)
    assert np.abs(found.difference).max() > 1e-4 and np.isfinite(found.effect).all()


def test_an_atlas_of_another_checkpoint_is_not_resumed(
    folder: Path, atlases: dict[str, Path], checkpoints: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    out = atlases["before"]
    had, other = (read_manifest(each).weights for each in atlases.values())
    assert main(words(folder, out, "--checkpoint", str(checkpoints["after"]))) == 1
    refused = f"{out} was begun with weights {had!r}, not {other!r}; ask for the same, or give another --out\n"
    assert capsys.readouterr().err == refused
    assert main(words(folder, out, "--checkpoint", str(checkpoints["before"]))) == 0


def test_all_nodes_must_have_the_same_checkpoint(checkpoints: dict[str, Path], tmp_path: Path) -> None:
    there = tmp_path / "mine.safetensors"
    there.write_bytes(checkpoints["before"].read_bytes())
    asked = Namespace(model=MODEL, checkpoint=there, device="auto", dtype="float32", patch_size=None, stride=None)
    load = _Loading(asked, hashlib.sha256(there.read_bytes()).hexdigest())
    assert load("cpu").name == MODEL
    there.write_bytes(checkpoints["after"].read_bytes())
    with pytest.raises(ValueError, match=r"mine\.safetensors is another file there; all nodes need the same$"):
        load("cpu")
