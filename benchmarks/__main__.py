"""Run every part, or the named ones: `python -m benchmarks [--short] [--results FILE] [PART ...]`.

Each row is printed and added to the results file as soon as it is measured. If a part fails, the next ones still run,
and the failed part is named at the end. A whole run without a failed part writes the table into docs/benchmarks.md.

Exits with 1 if a part failed or a figure is over its limit. In a short run no figure counts.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure, put_between
from benchmarks.results import RESULTS, Results, commit_of
from tests.browser.serving import ROOT

DOCUMENT: Final = ROOT / "docs/benchmarks.md"
MARKS: Final = ("<!-- benchmarks -->", "<!-- /benchmarks -->")
CORE: Final = (
    "recording",
    "features",
    "contribution",
    "interventions",
    "monitor",
    "engine",
    "threads",
    "large",
    "importing",
)
ATLAS: Final = ("atlas", "atlas_ray", "atlas_page", "atlas_memory")
BROWSER: Final = ("browser", "finding", "comparing", "lessons", "first_map", "journey", "slow_line")
PARTS: Final = (*CORE, *ATLAS, *BROWSER)
"""Modules of this package with `figures(short)`, which yields rows as they are measured."""


def figures_of(part: str, short: bool) -> Iterator[Figure]:
    """Return the part's rows. The module is imported here, so that a module that cannot be imported is a failed part."""
    yield from importlib.import_module(f"benchmarks.{part}").figures(short)


def measure(parts: Iterable[str], results: Results) -> tuple[list[Figure], list[str]]:
    """Return the rows of all parts, and the names of the parts that failed."""
    measured: list[Figure] = []
    failed: list[str] = []
    for part in parts:
        print(f"# {part}", flush=True)
        try:
            for figure in results.keep(part, figures_of(part, results.short)):
                measured.append(figure)
        except Exception:  # noqa: BLE001 (the next part may be all right)
            traceback.print_exc()
            failed.append(part)
    return measured, failed


def table(figures: Iterable[Figure]) -> str:
    """Return the document's table: rows without a limit stay in the results file."""
    rows = [figure.row() for figure in figures if figure.at_most is not None]
    return "\n".join(["| Figure | Measured | At most |", "|---|---|---|", *rows])


def main(words: list[str] | None = None) -> int:
    asked = _asked(words)
    measured, failed = measure(asked.parts or PARTS, Results(asked.results, asked.short, commit_of()))
    over = [] if asked.short else [figure for figure in measured if figure.is_over()]
    if over:
        print("Over their limit:", *(figure.row() for figure in over), sep="\n")
    if failed:
        print("Failed:", ", ".join(failed))
    if not (asked.short or asked.parts or failed):
        DOCUMENT.write_text(put_between(DOCUMENT.read_text("utf-8"), MARKS, table(measured)), "utf-8")
    return int(bool(failed or over))


def _asked(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[], help="all without a name")
    parser.add_argument("--short", action="store_true", help="few rounds and small sizes: whether a part still runs")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file that rows are added to")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
