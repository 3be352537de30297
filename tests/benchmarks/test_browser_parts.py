"""Each part of the benchmarks that opens pages still runs. This is a separate file so that it runs beside the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import BROWSER
from tests.benchmarks.short import run_short
from tests.browser.serving import ROOT

pytestmark = [pytest.mark.long, pytest.mark.nightly]


@pytest.mark.parametrize("part", BROWSER)
def test_a_part_runs_in_its_short_mode(part: str, tmp_path: Path) -> None:
    run_short("benchmarks", tmp_path, part)


def test_a_checkout_is_measured_beside_itself(tmp_path: Path) -> None:
    rows = {row["name"]: row["value"] for row in run_short("benchmarks.beside", tmp_path, str(ROOT))}
    ratios = {name.removesuffix(": here / there"): value for name, value in rows.items() if name.endswith(": here / there")}
    assert len(ratios) == 3, "of one round on a busy machine any ratio may come, but it is that of its medians"
    for what, ratio in ratios.items():
        assert ratio == pytest.approx(rows[f"{what}: here, median"] / rows[f"{what}: there, median"], rel=0.01)
