"""`regard heads` ranks all heads, as a table and a picture."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import save_file

from attention_core import load_image, load_model
from attention_core.cli.main import main
from attention_core.interventions.edits import parse_edits
from attention_core.interventions.effects import every_effect
from attention_core.interventions.outcome import run

ROOT = Path(__file__).parents[2]
PHOTO = ROOT / "assets/photos/cat.jpg"
TINY = "vit_tiny_patch16_224"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(3)
    path = tmp_path_factory.mktemp("weights") / "mine.safetensors"
    save_file(timm.create_model(TINY).state_dict(), path)
    return path


@pytest.fixture
def tiny(checkpoint: Path) -> list[str]:
    return [str(PHOTO), "--model", TINY, "--checkpoint", str(checkpoint), "--across", "6"]


def test_effects_are_those_of_python(
    tiny: list[str], checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, drawn = tmp_path / "heads.csv", tmp_path / "grid.png"
    words = ["--sort", "effect", "--csv", str(table), "--out", str(drawn), "--edits", "3.1:off", "--json"]
    assert main(["heads", *tiny, *words]) == 0
    said = json.loads(capsys.readouterr().out)
    model, image = load_model(TINY, checkpoint=checkpoint), load_image(PHOTO)
    base = run(model, image, 6)
    expected = every_effect(model, run(model, image, 6, parse_edits("3.1:off"), base)).cls
    found = {(row["layer"], row["head"]): row["effect"] for row in said["heads"]}
    assert len(found) == 36 and found[3, 1] == 0
    assert all(found[at] == pytest.approx(float(expected[at]), abs=1e-7) for at in found)
    effects = [row["effect"] for row in said["heads"]]
    assert effects == sorted(effects, reverse=True) and said["written"] == [str(table), str(drawn)]
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert [(int(row["layer"]), int(row["head"])) for row in rows] == sorted(found) and float(rows[4]["contribution"]) > 0
    with Image.open(drawn) as grid:
        assert grid.width > 1000


def test_in_words(tiny: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["heads", *tiny, "--sort", "entropy"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10 and lines[0].startswith("layer ") and ": entropy " in lines[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out", "grid.jpg"], "--out must end in one of .png, received grid.jpg"),
        (["--csv", "heads.txt"], "--csv must end in one of .csv, received heads.txt"),
        (["--edits", "99.1:off", "--sort", "entropy"], "layer must be 0–11 of vit_tiny_patch16_224, received 99"),
        (["--edits", "loud"], "expected edits such as 6.3:off"),
        (["--query", "9,9", "--sort", "entropy", "--out", "{}/grid.png"], "patch (9, 9) is outside the grid"),
    ],
)
def test_impossible_requests_give_a_sentence(
    words: list[str], message: str, tiny: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["heads", *tiny, *(word.format(tmp_path) for word in words)]) == 1
    assert message in capsys.readouterr().err
