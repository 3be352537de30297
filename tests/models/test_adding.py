"""CONTRIBUTING's "Add a model", followed in a copy of the core."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from attention_core.models import catalogue

ROOT = Path(__file__).parents[2]
RECIPE = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Add a model")[2].partition("\n## ")[0]
FUNCTION = """
import torch.nn.functional as F
from torch import nn
from attention_core.images.patch_grid import patchify
from attention_core.models.vision_model import VisionModel

class Means(nn.Module):
    def forward(self, image):
        x = patchify(image, 8).view(len(image), -1, 1, 3, 64).mean(-1).transpose(1, 2)
        return F.scaled_dot_product_attention(x, x, x)

def mean_colours():
    return VisionModel("mean-colours", "Mean colours", Means(), 8, default_across=6)
"""
CARD = """
    ModelCard("mean-colours", "Mean colours", "Regard", "Means", "", 0, "MIT", 8, 48, (), HALVES, HALVES),
    _timm("augreg-b16", "AugReg ViT-B/16", "vit_base_patch16_224.augreg_in21k_ft_in1k", 86_567_656, "apache-2.0", 16, 224),
"""
USE = """
import torch
from PIL import Image
from attention_core import available_models, load_model
from attention_core.cli.main import main
from attention_core.models import model_info, registered_models

assert "mean-colours" in [info.name for info in available_models()]
cards = {info.name: info.card for info in registered_models()}
assert cards["mean-colours"].title == "Mean colours" and cards["augreg-b16"].repository.startswith("timm/vit_base")
assert model_info("augreg-b16").trained
model = load_model("mean-colours")
record, grid = model.record(Image.linear_gradient("L").convert("RGB"))
(layer,) = record.layers
q = layer.q[0, 0]
torch.testing.assert_close(layer.rows(range(grid.num_patches))[0, 0], torch.softmax(q @ q.T * 3**-0.5, -1))
main(["models"])
"""


def insert(file: Path, after: str, text: str) -> None:
    before, found, rest = file.read_text("utf-8").partition(after)
    assert found, f"{file.name} has no {after}"
    file.write_text(before + found + text + rest, "utf-8")


def test_the_recipe_leads_to_a_model_and_a_card(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "attention_core", core := tmp_path / "attention_core", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "assets").symlink_to(ROOT / "assets")
    (core / "models/mean_colours.py").write_text(FUNCTION)
    insert(core / "models/registry.py", "CARDS: Final = (", CARD)
    catalogue_file = core / "models/catalogue.py"
    insert(catalogue_file, "import annotations\n", "from attention_core.models.mean_colours import mean_colours\n")
    insert(catalogue_file, "VisionModel]]] = {", '"mean-colours": mean_colours,')
    ran = subprocess.run([sys.executable, "-c", USE], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert re.search(r"mean-colours\s+Mean colours", ran.stdout) and "augreg-b16" in ran.stdout


def test_a_name_without_a_card_is_still_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue._OWN, "no-card", catalogue._OWN["raw-patches"])
    assert catalogue.available_models()[-1].title == "no-card"
    assert catalogue.load_model("no-card", patch_size=8).patch_size == 8


def test_every_file_that_the_recipe_names_exists() -> None:
    files = re.findall(r"`([\w/]+/[\w/.]*)`", RECIPE)
    assert len(files) >= 5 and all((ROOT / file).exists() for file in files), files
