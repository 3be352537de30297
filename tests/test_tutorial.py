"""docs/tutorial.ipynb runs, and its numbers are those of the core."""

from __future__ import annotations

import base64
import html
import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from attention_core import AttentionRecord, PatchGrid, VisionModel, WeightsError, load_image, load_model
from attention_core.analysis.head_statistics import layer_statistics
from attention_core.export.attention_map import AttentionMap, attention_map
from tests.notebooks import Executed, kernels, run

pytestmark = pytest.mark.nightly

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs/tutorial.ipynb"
ACROSS, PATCH, LAYER, STATISTICS_OF = 16, (3, 7), 10, (0, 5, 10)
CLOSE = {"rtol": 0.0, "atol": 2e-4}  # the notebook shows four decimals


@dataclass
class Core:
    """The notebook's recording, made in this process."""

    model: VisionModel
    picture: Image.Image
    record: AttentionRecord
    grid: PatchGrid

    @property
    def token(self) -> int:
        return len(self.model.prefix_tokens) + self.grid.index(*PATCH)

    def name(self, index: int) -> str | tuple[int, int]:
        return self.grid.position(index - 1) if index else "CLS"


@pytest.fixture(scope="module")
def core() -> Core:
    try:
        model = load_model()
    except WeightsError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the tutorial needs the trained weights: {error}")
    picture = load_image(ROOT / "assets/photos/astronaut.jpg")
    return Core(model, picture, *model.record(picture, ACROSS))


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with kernels(tmp_path_factory.mktemp("jupyter")) as folder:
        yield folder


@pytest.fixture(scope="module")
def executed(core: Core, temporary: Path) -> Executed:
    return Executed(run(nbformat.read(NOTEBOOK, as_version=4), NOTEBOOK.parent), temporary)


def test_every_cell_runs_without_an_error_or_a_warning(executed: Executed) -> None:
    code = [cell for cell in executed.notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    kinds = {cell.id: [output.output_type for output in cell.outputs] for cell in code}
    assert kinds == {cell.id: [] if cell.id in ("setup", "imports") else ["execute_result"] for cell in code}


def test_it_finds_the_core_from_the_root_as_well(temporary: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id == "setup"]
    notebook.cells.append(nbformat.v4.new_code_cell("import attention_core\nattention_core.__file__"))
    found = eval(run(notebook, ROOT).cells[-1].outputs[0].data["text/plain"])
    assert Path(found) == ROOT / "attention_core/__init__.py"


def test_five_vectors_are_torchs_attention(executed: Executed) -> None:
    scores, weights, output, difference = executed.value("five-vectors")
    assert scores.shape == weights.shape == (5, 5) and output.shape == (5, 4) and 0 <= difference < 1e-6
    torch.testing.assert_close(weights, torch.softmax(scores / 2, -1), **CLOSE)  # √d = 2
    x = output.new_tensor([[2, 0, 0, 1], [1, 1, 0, 0], [0, 2, 1, 0], [0, 0, 2, 1], [1, 0, 0, 2]])
    torch.testing.assert_close(scores, x @ x.T, **CLOSE)
    torch.testing.assert_close(output, torch.nn.functional.scaled_dot_product_attention(x, x, x), **CLOSE)


def matrix(core: Core) -> Tensor:
    """Return every weight of the layer, as the mean over heads (N, N), computed by the formula."""
    layer = core.record.layers[LAYER]
    return torch.softmax(layer.q[0] @ layer.k[0].transpose(-2, -1) / layer.q.shape[-1] ** 0.5, -1).mean(0)


def assert_top_five(said: list[tuple[str | tuple[int, int], float]], weights: Tensor, core: Core) -> None:
    """Check that each printed weight is that token's, and that they are the five largest in falling order."""
    by_name = {core.name(index): weight for index, weight in enumerate(weights.tolist())}
    assert len({name for name, _ in said}) == 5
    assert [weight for _, weight in said] == pytest.approx([by_name[name] for name, _ in said], abs=CLOSE["atol"])
    assert [weight for _, weight in said] == pytest.approx(weights.topk(5).values.tolist(), abs=CLOSE["atol"])


def test_the_top_five_of_a_row_are_the_cores(executed: Executed, core: Core) -> None:
    assert_top_five(executed.value("top-five"), matrix(core)[core.token], core)


def test_the_top_five_of_a_column_are_the_cores(executed: Executed, core: Core) -> None:
    total, said = executed.value("column")
    column = matrix(core)[:, core.token]
    assert total == pytest.approx(column.sum().item(), abs=1e-3)
    assert_top_five(said, column, core)


def test_the_view_is_html_in_a_frame(executed: Executed) -> None:
    shown = executed.data("view")["text/html"]
    found = re.fullmatch(r'<iframe [^>]*srcdoc="([^"]*)"></iframe>', shown)
    assert found
    page = html.unescape(found[1])
    assert page.startswith("<!doctype html>") and "<title>Astronaut</title>" in page
    assert '"name": "blocks.5.attn"' in page and '"name": "blocks.10.attn"' in page


def test_the_rollout_drawn_is_the_cores(executed: Executed, core: Core) -> None:
    rolled = core.record.rollout(core.token, discard=0.9)[0]
    about: dict[str, object] = {"query": list(PATCH)}
    expected = AttentionMap(core.picture, core.grid, rolled[None], rolled, core.model.prefix_tokens, about).png()
    said = base64.b64decode(executed.data("rolled")["image/png"])
    difference = pixels(said) - pixels(expected)
    assert np.abs(difference).max() <= 2  # of 255
    corner = core.record.layers[0].columns([core.grid.num_patches]).sum(2).mean()
    assert corner > 10 and rolled.topk(2).indices.tolist() == [0, core.grid.num_patches]  # as the text says


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_the_table_of_heads_is_the_cores(executed: Executed, core: Core) -> None:
    shown = executed.data("table")
    assert "<table" in shown["text/html"]
    said = [[float(number) for number in line.split()[-3:]] for line in shown["text/plain"].splitlines()[2:]]
    found = [layer_statistics(core.record.layers[layer], core.grid, 1) for layer in STATISTICS_OF]
    expected = torch.cat([torch.stack([each.entropy[0], each.mean_distance[0], each.prefix_share[0]], 1) for each in found])
    torch.testing.assert_close(torch.tensor(said), expected, rtol=0.0, atol=2e-3)


def test_other_models_layers_are_named_by_their_paths(executed: Executed) -> None:
    assert executed.value("paths") == {
        **{f"blocks.{block}.attn": (1, 3, 14 * 14 + 2, 64) for block in range(3)},
        **{f"layers.{layer}.self_attn": (2, 4, 7, 8) for layer in range(3)},
    }


def test_the_files_hold_the_layers_weights(executed: Executed, core: Core) -> None:
    sizes = executed.value("saved")
    assert list(sizes) == ["map.csv", "map.html", "map.npz", "map.png", "map.svg"]
    (folder,) = (file.parent for file in executed.temporary.rglob("map.npz"))
    assert {file.name: file.stat().st_size for file in folder.iterdir()} == sizes
    about: dict[str, object] = {"model": core.model.name, "layer": LAYER}
    expected = attention_map(
        core.record.layers[LAYER], core.picture, core.grid, PATCH, prefix_tokens=core.model.prefix_tokens, about=about
    )
    with np.load(folder / "map.npz") as found:
        torch.testing.assert_close(torch.from_numpy(found["shown"]), expected.patches)
        assert json.loads(str(found["about"])).items() >= expected.about.items()
    assert np.abs(pixels((folder / "map.png").read_bytes()) - pixels(expected.png())).max() <= 2
    assert (folder / "map.csv").read_text("utf-8").splitlines()[0] == expected.csv().splitlines()[0]
    assert (folder / "map.svg").read_text("utf-8").count("<rect") == expected.svg().count("<rect")
    assert (folder / "map.html").read_text("utf-8").startswith("<!doctype html>")
