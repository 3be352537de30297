"""docs/monitor.ipynb runs, and its sentences about the fine-tuned model are true."""

from __future__ import annotations

import csv
import html
import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import torch

from attention_core import VisionModel, WeightsError, load_image, load_model
from tests.notebooks import Executed, kernels, run

pytestmark = pytest.mark.nightly

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs/monitor.ipynb"
LAST, HEADS, STEPS = 11, 6, (0, 20, 40, 60)
ARCHITECTURE = "vit_small_patch14_dinov2.lvd142m"


@pytest.fixture(scope="module")
def original() -> VisionModel:
    try:
        return load_model("dinov2-small", device="cpu")
    except WeightsError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the notebook needs the trained weights: {error}")


@pytest.fixture(scope="module")
def executed(original: VisionModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executed]:
    with kernels(tmp_path_factory.mktemp("jupyter")) as folder:
        yield Executed(run(nbformat.read(NOTEBOOK, as_version=4), NOTEBOOK.parent), folder)


@pytest.fixture(scope="module")
def written(executed: Executed) -> Path:
    """Return the folder of the monitor's files."""
    (table,) = executed.temporary.rglob("heads.csv")
    return table.parent


def test_every_cell_runs_without_an_error_or_a_warning(executed: Executed) -> None:
    code = [cell for cell in executed.notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    kinds = {cell.id: [output.output_type for output in cell.outputs] for cell in code}
    assert kinds == {cell.id: [] if cell.id in ("setup", "imports") else ["execute_result"] for cell in code}


def test_it_learns_digits(executed: Executed) -> None:
    said = executed.value("train")
    assert said["loss at first"] > 2.3 > 0.5 > said["at last"]  # 2.3 is guessing
    assert said["right of digits never trained on"] > 0.7


def test_the_monitor_wrote_one_page_per_step_and_one_line_per_head(executed: Executed, written: Path) -> None:
    assert executed.value("files") == ["heads.csv", *(f"step-0000{step:02}.html" for step in STEPS)]
    for step in STEPS:
        page = (written / f"step-0000{step:02}.html").read_text("utf-8")
        assert f"<title>Attention at step {step}</title>" in page and '"name": "blocks.11.attn"' in page
    with (written / "heads.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == len(STEPS) * 12 * HEADS
    of_last = [row for row in rows if int(row["layer"]) == LAST]
    shown = [[float(bits) for bits in line.split()[1:]] for line in executed.data("table")["text/plain"].splitlines()[2:]]
    moved = torch.tensor([float(row["moved_bits"]) for row in of_last]).view(len(STEPS), HEADS)
    torch.testing.assert_close(torch.tensor(shown), moved, rtol=0, atol=1e-4)
    assert not any(float(row["moved_bits"]) for row in rows if int(row["layer"]) < LAST)


def test_its_sentence_on_moved_heads_is_true(executed: Executed) -> None:
    said = executed.value("movement")
    heads = sorted(said["heads of the last layer"])
    assert said["below"] == 0 and heads[0] > 0 and heads[-1] > 2 * heads[-2]
    assert 0 < said["CKA of what the last block returns"] < 0.999


def test_original_and_fine_tuned_are_one_page_in_a_frame(executed: Executed) -> None:
    found = re.fullmatch(r'<iframe [^>]*srcdoc="([^"]*)"></iframe>', executed.data("compared")["text/html"])
    assert found
    page = html.unescape(found[1])
    assert '"title": "Original"' in page and '"title": "Fine-tuned"' in page
    assert "layer-1-11" in page and "features-1-11-features" in page


def test_the_weights_open_as_the_app_opens_them(executed: Executed, written: Path, original: VisionModel) -> None:
    assert executed.value("saved") == 0
    tuned = load_model(ARCHITECTURE, checkpoint=(written / "digits.safetensors").read_bytes(), device="cpu")
    picture = load_image(ROOT / "assets/photos/cat.jpg")
    one, other = (model.record(picture, 6, keep_v=False)[0] for model in (original, tuned))
    assert all(torch.equal(a.q, b.q) for a, b in zip(one.layers[:LAST], other.layers[:LAST], strict=True))
    assert not torch.equal(one.layers[LAST].q, other.layers[LAST].q)
