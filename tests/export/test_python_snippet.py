"""Scripts that repeat a map are run, and make the same map."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import save_file

from attention_core import load_image, load_model
from attention_core.export.attention_map import AttentionMap, attention_map, layers_map
from attention_core.export.figure import FigureOptions
from attention_core.export.python_snippet import python_snippet
from attention_core.tokens.layer_on_image import layers_on_image
from tests.models.conftest import TINY_NAME, Hub, hub
from ui.pictures import photograph

__all__ = ["hub"]

ROOT = Path(__file__).parents[2]
PHOTO = "cat.jpg"
MINE = "mine.safetensors"
VIT, MOBILE = "vit_tiny_patch16_224", "mobilevit_xxs"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with a photograph in it."""
    shutil.copy(ROOT / "assets/photos" / PHOTO, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def of_layer(name: str, across: int, number: int = 0, options: dict[str, Any] | None = None, **view: Any) -> AttentionMap:
    """Return the map and its script as the page and the command line make them."""
    model, image = load_model(name, **(options or {})), load_image(PHOTO)
    where = layers_on_image(model, *model.record(image, across))[number]
    about: dict[str, object] = {"model": model.name, "layer": number if model.plain else where.layer.path}
    prefix = model.prefix_tokens[: where.prefix]
    return attention_map(where, image, where.grid, **({"query": (2, 5)} | view), prefix_tokens=prefix, about=about)


def of_rollout(name: str, across: int, query: tuple[int, int] | int, **options: Any) -> AttentionMap:
    model, image = load_model(name), load_image(PHOTO)
    record, grid = model.record(image, across)
    token = query if isinstance(query, int) else len(model.prefix_tokens) + grid.index(*query)
    about: dict[str, object] = {"model": name, **options}
    return layers_map(record.rollout(token, **options)[0], image, grid, query, model.prefix_tokens, about)


def assert_same(shown: AttentionMap, script: str, out: Path) -> None:
    exec(compile(script, "script", "exec"), {})
    with np.load(out) as found:
        torch.testing.assert_close(torch.from_numpy(found["shown"]), shown.patches, rtol=0, atol=1e-6)
        count = len(shown.prefix_tokens)
        torch.testing.assert_close(torch.from_numpy(found["weights"]).flatten(1), shown.weights[:, count:], rtol=0, atol=1e-6)
        torch.testing.assert_close(torch.from_numpy(found["prefix"]), shown.weights[:, :count], rtol=0, atol=1e-6)
        assert json.loads(str(found["about"])).items() >= json.loads(json.dumps(shown.about)).items()
    ast.parse(script)
    assert max(map(len, script.splitlines())) < 128


OWN = {"patch_size": 24, "num_heads": 4, "head_dim": 8, "seed": 7}
LAYERS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "as it opens": ("dinov2-small", 16, {"number": 10}),
    "what looks at a patch, largest of some heads, sharper": (
        "dinov2-small",
        12,
        {"number": 3, "heads": [4, 1], "combine": "max", "direction": "incoming", "temperature": 0.5},
    ),
    "CLS": ("dinov2-small", 12, {"number": 11, "query": 0}),
    "overlapping patches": ("dinov2-small", 20, {"number": 5, "options": {"stride": 7}}),
    "patches of another size": ("dinov2-small", 14, {"number": 5, "options": {"patch_size": 8}}),
    "random heads of one's own": ("random-heads", 11, {"options": OWN, "heads": [2]}),
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_script_of_a_layer_makes_the_same_map(name: str, folder: Path) -> None:
    model, across, view = LAYERS[name]
    shown = of_layer(model, across, **view)
    assert_same(shown, python_snippet(shown, PHOTO, across, view.get("options"), "map.npz"), folder / "map.npz")


@pytest.mark.parametrize(
    ("query", "options"),
    [((2, 5), {"fusion": "max", "discard": 0.5, "residual": 0.3}), (0, {"fusion": "mean", "discard": 0.0})],
)
def test_the_script_of_a_rollout_makes_the_same_map(
    query: tuple[int, int] | int, options: dict[str, Any], folder: Path
) -> None:
    shown = of_rollout("dinov2-small", 12, query, **options)
    assert_same(shown, python_snippet(shown, PHOTO, 12, out="map.npz"), folder / "map.npz")


@pytest.mark.parametrize(("model", "number", "across", "more"), [(VIT, 7, 14, {"stride": 8}), (MOBILE, 1, 32, {})])
def test_the_script_of_an_own_checkpoint_makes_the_same_map(
    model: str, number: int, across: int, more: dict[str, Any], folder: Path
) -> None:
    save_file(timm.create_model(model).state_dict(), MINE)
    options = {"checkpoint": MINE, **more}
    shown = of_layer(model, across, number, options)
    assert_same(shown, python_snippet(shown, PHOTO, across, options, "map.npz"), folder / "map.npz")


def test_the_script_of_a_model_on_the_hub_makes_the_same_map(hub: Hub, folder: Path) -> None:
    hub.add_tiny()
    shown = of_layer(TINY_NAME, 9, 1)
    assert_same(shown, python_snippet(shown, PHOTO, 9, out="map.npz"), folder / "map.npz")


def test_the_script_of_the_middle_square_makes_the_same_map(folder: Path) -> None:
    model, image = load_model("random-heads"), photograph("cat").square().image
    assert image.size != load_image(PHOTO).size
    (where,) = layers_on_image(model, *model.record(image, 9))
    shown = attention_map(where, image, where.grid, (2, 5), about={"model": model.name, "layer": 0})
    assert_same(shown, python_snippet(shown, PHOTO, 9, out="map.npz", square=True), folder / "map.npz")


@pytest.mark.nightly
def test_the_script_is_a_program_that_draws_the_same_figure(folder: Path) -> None:
    shown = replace(of_layer("random-heads", 9), opacity=0.4, scale="log", colour_map="viridis")
    figure = FigureOptions(2, colour_bar=True, caption=True, box=False)
    (folder / "again.py").write_text(python_snippet(shown, PHOTO, 9, out="map.png", figure=figure), "utf-8")
    code = f"import sys, runpy; sys.path.insert(0, {str(ROOT)!r}); runpy.run_path('again.py')"
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=folder, check=True)
    assert (folder / "map.png").read_bytes() == shown.png(figure)


NASTY = "x\"'); import os; os.system('touch harm')\n#\\"


def test_names_stay_strings(folder: Path) -> None:
    shown = of_layer("random-heads", 9)
    shown = replace(shown, about=shown.about | {"model": NASTY, "layer": NASTY, "note": NASTY}, colour_map=NASTY)
    script = python_snippet(shown, NASTY, 9, {"checkpoint": NASTY}, out=f"{NASTY}.png")
    constants = [node.value for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Constant)]
    assert constants.count(NASTY) == 8 and f"{NASTY}.png" in constants
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Call)}
    assert calls == {
        "load_image", "load_model", "model.record", "next", "layers_on_image", "attention_map", "replace", "shown.save"
    }  # fmt: skip


class Odd:
    def __repr__(self) -> str:
        return "exit()"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"options": {"stride": Odd()}}, r"expected a value that can be written in Python, .*, received exit\(\)"),
        ({"options": {"stride": float("nan")}}, "received nan"),
        ({"options": {"a=exit(), b": 1}}, "an option's name must be a name, received 'a=exit"),
        ({"options": {"class": 1}}, "an option's name must be a name, received 'class'"),
        ({"out": "map.gif"}, r"out must end in one of \.png, .*, received 'map.gif'"),
    ],
)
def test_values_without_a_literal_are_refused(change: dict[str, Any], message: str) -> None:
    picture = Image.new("RGB", (32, 16))
    grid = load_model("random-heads").grid_for(picture, 4)
    about: dict[str, object] = {"model": "random-heads", "layer": 0}
    shown = AttentionMap(picture, grid, torch.rand(1, 8), torch.rand(8), about=about | {"query": [0, 1]})
    python_snippet(shown, PHOTO, 4)
    with pytest.raises(ValueError, match=message):
        python_snippet(shown, PHOTO, 4, **change)
    with pytest.raises(ValueError, match="expected a map that says what it is about, received one without query"):
        python_snippet(replace(shown, about=about), PHOTO, 4)
