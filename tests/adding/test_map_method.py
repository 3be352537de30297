"""A new map method takes four files. The page, its files, links and the command line then offer it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import torch

from attention_core import load_image, load_model
from tests.adding.recipes import ROOT, followed, run
from tests.js.node import node

PHOTO: Final = ROOT / "assets/photos/cat.jpg"
ACROSS: Final = 8
IN_PYTHON: Final = """
import json, sys
from attention_core.cli.main import main
from tests.ui.data.asking import reader
photo, out = sys.argv[1:]
made = ["--model", "dinov2-small", "--across", "8", "--query", "2,3"]
assert main(["mean_attention", photo, *made, "--out", f"{out}/map.npz"]) == 0
asking = reader("dinov2-small")
_, arrays = asking.numbers("mean_attention", token=20)
view = {"depth": "mean_attention", "pin": [2, 3]}
file, _ = asking.numbers("file", view=view, format="svg", figure={"caption": True})
snippet, _ = asking.numbers("snippet", view=view, picture="coffee.jpg")
json.dump({"row": arrays["rows"].tolist(), "file": file["name"], "code": snippet["code"]}, open(f"{out}/said.json", "w"))
"""
IN_NODE: Final = """
import { throughWanted } from "./assets/data/wanted.js";
import { settingsOfLink } from "./assets/view/link_reading.js";
import { linkOf } from "./assets/view/settings.js";
import { saysOf, waitingFor } from "./assets/view/words.js";
const settings = { depth: "mean_attention", direction: "outgoing", fusion: "mean", discard: 0 };
const { depth: word } = linkOf(settings, { depth: "layer" }, "");
const { id, kind } = throughWanted({ recording: "a" }, settings, 4);
const read = settingsOfLink({ depth: word }).settings.depth;
console.log(JSON.stringify({ word, read, id, kind, says: saysOf(settings), waits: waitingFor({ settings }, null) }));
"""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the tree with the method of docs/adding.md."""
    tree = tmp_path_factory.mktemp("tree")
    assert len(followed(tree, "A map method")) == 4
    return tree


def expected(photo: str, token: int) -> torch.Tensor:
    record, _ = load_model("dinov2-small").record(load_image(ROOT / "assets/photos" / photo), ACROSS)
    return torch.stack([layer.weights()[0, :, token].mean(0) for layer in record.layers]).mean(0)


def test_command_line_request_and_file_have_it(changed: Path, tmp_path: Path) -> None:
    run(changed, "-c", IN_PYTHON, str(PHOTO), str(tmp_path))
    said = json.loads((tmp_path / "said.json").read_text("utf-8"))
    torch.testing.assert_close(torch.tensor(said["row"]), expected("coffee.jpg", 20), rtol=1e-5, atol=1e-6)
    assert said["file"] == "dinov2-small-mean_attention-patch-row-2-column-3.svg"
    assert "record.through_layers('mean_attention', token)" in said["code"]
    with np.load(tmp_path / "map.npz") as saved:
        assert json.loads(str(saved["about"]))["method"] == "mean_attention"
        token = 1 + 2 * saved["shown"].shape[1] + 3
        shown = torch.from_numpy(saved["shown"]).flatten()
    torch.testing.assert_close(shown, expected("cat.jpg", token)[1:], rtol=1e-5, atol=1e-6)


def test_the_browser_has_it(changed: Path) -> None:
    command = [node(), "--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", IN_NODE]
    found = json.loads(subprocess.run(command, cwd=changed, check=True, capture_output=True, text=True).stdout)
    assert found == {
        "word": "All layers (mean)",
        "read": "mean_attention",
        "id": "mean_attention:a/4/mean/0",
        "kind": "mean_attention",
        "says": "looks, in the mean over all layers, most at",
        "waits": "Taking the mean over all layers…",
    }
