"""A new measure of heads takes four files, one of them its test. Every place then shows it."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq
import pytest

from attention_core import load_image, load_model
from tests.adding.recipes import ROOT, followed, run
from tests.js.node import node

PHOTOS: Final = ("cat.jpg", "coffee.jpg")
ACROSS: Final = 5
IN_PYTHON: Final = """
import json, sys
from attention_core.cli.main import main
from tests.ui.atlas.asking import opened_page
from ui import atlases
pictures, out = sys.argv[1:]
heads = ["heads", f"{pictures}/cat.jpg", "--sort", "largest", "--csv", f"{out}/heads.csv"]
assert main([*heads, "--model", "dinov2-small", "--across", "5"]) == 0
assert main(["atlas", pictures, "--out", f"{out}/atlas", "--model", "random-heads", "--across", "5"]) == 0
atlases.served_at = lambda: "127.0.0.1"
said = []
for atlas in (f"{out}/atlas", atlases.OPENING):
    reader = opened_page(atlas=atlas)
    (measure,) = (each for each in reader.data["measures"] if each["name"] == "largest")
    columns = [] if measure["lacking"] else reader.grid("largest")["columns"]
    said.append({"columns": columns, "lacking": measure["lacking"], "texts": [each.value for each in reader.page.markdown]})
json.dump(said, open(f"{out}/page.json", "w"))
"""
IN_NODE: Final = """
import { HeadMeasures } from "./assets/view/head_measures.js";
import { ranked, standingOut } from "./assets/view/ranked.js";
import { linkOf, DEFAULTS } from "./assets/view/settings.js";
import { keep } from "./assets/data/stored.js";
globalThis.dispatchEvent ??= () => true;
globalThis.CustomEvent ??= Event;
const heads = [Float32Array.of(0.1, 0.2, 0.7), Float32Array.of(0.4, 0.3, 0.3)];
const layers = [{ numHeads: 2, prefix: [], rows: 1, cols: 3 }];
const exploration = {
  data: { recording: "a", layers, inBrowser: true, allLayers: true, contributes: "", grid: layers[0] },
  settings: { ...DEFAULTS, direction: "outgoing", measure: "largest" },
  box: null, ask: () => ({ token: 0 }), rowsOf: () => ({ heads }), redraw() {},
};
const measures = (exploration.measures = new HeadMeasures(exploration));
const query = ranked(measures.valuesOf("largest"));
const standing = standingOut((name) => measures.valuesOf(name), "").filter(({ measure }) => measure === "largest");
const { chosen } = measures;
exploration.settings.over = "picture";
keep({ id: "statistics:a", kind: "statistics", largest: Float32Array.of(0.25, 0.5) });
measures.forget(true);
const picture = ranked(measures.valuesOf("largest"));
const { measure: link } = linkOf(exploration.settings, { measure: "standing" }, "");
console.log(JSON.stringify({ chosen, query, standing, picture, link }));
"""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the tree with the measure of docs/adding.md."""
    tree = tmp_path_factory.mktemp("tree")
    assert len(followed(tree, "A measure of heads")) == 4
    return tree


@pytest.fixture(scope="module")
def out(changed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what the command line and the page print for the measure."""
    pictures, out = tmp_path_factory.mktemp("pictures"), tmp_path_factory.mktemp("out")
    for photo in PHOTOS:
        shutil.copy(ROOT / "assets/photos" / photo, pictures)
    run(changed, "-c", IN_PYTHON, str(pictures), str(out))
    return out


@cache
def expected(model: str, photo: str) -> list[list[float]]:
    """Return the measure by layer and head, computed from all weights."""
    record, _ = load_model(model).record(load_image(ROOT / "assets/photos" / photo), ACROSS)
    return [layer.weights().amax(-1).mean(-1)[0].tolist() for layer in record.layers]


def test_the_command_line_ranks_by_it(out: Path) -> None:
    rows = list(csv.DictReader((out / "heads.csv").read_text("utf-8").splitlines()))
    assert "largest" in rows[0]
    for row in rows:
        number = expected("dinov2-small", "cat.jpg")[int(row["layer"])][int(row["head"])]
        assert float(row["largest"]) == pytest.approx(number, rel=1e-5)


def test_an_atlas_has_its_column(out: Path) -> None:
    table = pq.read_table(out / "atlas" / "shard-000000.parquet")
    assert table.schema.field("largest").metadata[b"source"] == b"mean over queries of max w"
    lines = table.to_pylist()
    assert {line["picture"] for line in lines} == set(PHOTOS)
    for line in lines:
        number = expected("random-heads", line["picture"])[line["layer"]][line["head"]]
        assert line["largest"] == pytest.approx(number, rel=1e-5)


def test_the_atlas_page_shows_it_and_names_missing_measurements(out: Path) -> None:
    mine, older = json.loads((out / "page.json").read_text("utf-8"))
    columns = mine["columns"]
    assert columns[0]["title"] == "Largest weight"
    both = zip(*(expected("random-heads", photo) for photo in PHOTOS), strict=True)
    means = [[sum(pair) / 2 for pair in zip(*layers, strict=True)] for layers in both]
    assert columns[0]["values"] == [pytest.approx(heads, rel=1e-5) for heads in means]
    assert any("- **Largest weight**, in share of weight: How much" in text for text in mine["texts"])
    assert older["lacking"].startswith("Largest weight is not measured here")


def test_the_browser_ranks_by_it(changed: Path) -> None:
    command = [node(), "--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", IN_NODE]
    found = json.loads(subprocess.run(command, cwd=changed, check=True, capture_output=True, text=True).stdout)
    assert (found["chosen"]["title"], found["chosen"]["unit"], found["link"]) == ("Largest weight", "%", "Largest weight")
    assert [(each["head"], each["value"]) for each in found["query"]] == [(0, pytest.approx(0.7)), (1, pytest.approx(0.4))]
    assert [(each["head"], each["says"]) for each in found["standing"]] == [(0, "surest"), (1, "least sure")]
    assert [(each["head"], each["value"]) for each in found["picture"]] == [(1, 0.5), (0, 0.25)]
