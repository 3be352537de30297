"""Files of benchmark results: one line of JSON per row, written as soon as it is measured."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure
from tests.browser.serving import ROOT

RESULTS: Final = ROOT / "benchmarks/results.jsonl"
"""Ignored by git. Rows of many commits and machines are collected there, and those of an interrupted run stay."""


@dataclass(frozen=True)
class Results:
    """A file that collects the rows of one run. short: True for a short run, whose values say nothing about speed."""

    path: Path
    short: bool
    commit: str

    def keep(self, part: str, figures: Iterable[Figure]) -> Iterator[Figure]:
        """Yield the same rows. Each one is printed and added to the file before the next one is measured."""
        for figure in figures:
            self._add(part, figure)
            print(figure.row(), flush=True)
            yield figure

    def _add(self, part: str, figure: Figure) -> None:
        row = {
            "commit": self.commit,
            "part": part,
            "name": figure.name,
            "value": figure.value,
            "limit": figure.at_most,
            "unit": figure.unit,
            "short": self.short,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def commit_of(folder: Path = ROOT) -> str:
    """Return the commit that is checked out there, with a "+" if files differ from it, or "unknown" without git."""
    try:
        commit = _git(folder, "rev-parse", "--short", "HEAD")
        return commit + ("+" if _git(folder, "status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
