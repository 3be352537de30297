"""Run every benchmark and write the table into README.md; exits with 1 where a figure is over its limit."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import (
    atlas,
    atlas_memory,
    atlas_page,
    atlas_ray,
    browser,
    contribution,
    engine,
    features,
    first_map,
    importing,
    interventions,
    large,
    monitor,
    recording,
    threads,
)
from benchmarks.figure import put_between

README = Path(__file__).resolve().parent.parent / "README.md"
MARKS = ("<!-- benchmarks -->", "<!-- /benchmarks -->")


def main() -> int:
    core = (recording, features, contribution, interventions, monitor, engine, threads, large, importing)
    parts = (*core, atlas, atlas_ray, atlas_page, atlas_memory, browser, first_map)
    figures = [figure for part in parts for figure in part.figures()]
    table = "\n".join(["| Figure | Measured | At most |", "|---|---|---|", *(figure.row() for figure in figures)])
    print(table)
    README.write_text(put_between(README.read_text(encoding="utf-8"), MARKS, table), encoding="utf-8")
    return int(any(figure.value > figure.at_most for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
