"""docs/atlas.ipynb runs, and its drawings agree with the table."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from attention_core import WeightsError, load_model
from tests.notebooks import Executed, kernels, run

pytestmark = pytest.mark.nightly

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs/atlas.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executed]:
    try:
        load_model("dinov2-small", device="cpu")
    except WeightsError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the notebook needs the trained weights: {error}")
    with kernels(tmp_path_factory.mktemp("jupyter")) as folder:
        yield Executed(run(nbformat.read(NOTEBOOK, as_version=4), NOTEBOOK.parent), folder)


@pytest.fixture(scope="module")
def table(executed: Executed) -> pd.DataFrame:
    (shard,) = executed.temporary.rglob("shard-*.parquet")
    return pd.read_parquet(shard)


def test_every_cell_runs_without_an_error_or_a_warning(executed: Executed) -> None:
    code = [cell for cell in executed.notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(output.output_type in ("execute_result", "display_data") for cell in code for output in cell.outputs)


def test_every_picture_is_measured(executed: Executed, table: pd.DataFrame) -> None:
    assert executed.value("pictures") == 200 and executed.value("job") == (200, 72)
    assert len(table) == 200 * 72 and table["picture"].nunique() == 200
    assert not table[["entropy", "mean_distance", "prefix_share", "contribution", "similarity"]].isna().to_numpy().any()


def test_the_head_that_is_drawn_varies_most(executed: Executed, table: pd.DataFrame) -> None:
    layer, head, deviation = executed.value("grids")
    spread = table.groupby(["layer", "head"])["mean_distance"].std()
    assert spread.idxmax() == (layer, head) and spread.max() == pytest.approx(deviation, abs=1e-3)


def test_heads_that_the_notebook_separates_differ(executed: Executed, table: pd.DataFrame) -> None:
    """The test uses intervals of the normal approximation. A bootstrap over a hundred pictures gives nearly the same."""
    kinds = table.assign(digit=table["picture"].str.startswith("digit"))
    of_heads = kinds.groupby(["digit", "layer", "head"])["mean_distance"].agg(["mean", "sem"])
    digit, photograph = of_heads.loc[True], of_heads.loc[False]
    apart = (digit["mean"] - photograph["mean"]) / (digit["sem"] + photograph["sem"])
    farther, nearer = executed.value("apart")
    assert farther == pytest.approx(np.sum(apart > 1.96), abs=4) and nearer == pytest.approx(np.sum(apart < -1.96), abs=4)


def test_the_figure_is_a_pdf_and_an_svg(executed: Executed) -> None:
    assert executed.value("files") == ["heads.pdf", "heads.svg"]
    (pdf,), (svg,) = (list(executed.temporary.rglob(f"heads.{ending}")) for ending in ("pdf", "svg"))
    assert pdf.read_bytes().startswith(b"%PDF-") and "<svg" in svg.read_text(encoding="utf-8")
