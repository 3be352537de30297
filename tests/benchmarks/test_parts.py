"""Each part of the benchmarks that needs no page still runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import ATLAS, CORE
from tests.benchmarks.short import run_short

pytestmark = [pytest.mark.long, pytest.mark.nightly]


@pytest.mark.parametrize("part", [*CORE, *ATLAS])
def test_a_part_runs_in_its_short_mode(part: str, tmp_path: Path) -> None:
    run_short("benchmarks", tmp_path, part)
