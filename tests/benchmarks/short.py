"""Parts of the benchmarks in their short mode, each in a process of its own."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.browser.serving import ROOT


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def run_short(module: str, folder: Path, *words: str) -> list[dict[str, Any]]:
    """Return the rows that the module has written. Fails if the module fails or writes no row."""
    results = folder / "results.jsonl"
    command = [sys.executable, "-m", module, "--short", "--results", str(results), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    rows = rows_of(results)
    assert rows and all(row["short"] and math.isfinite(row["value"]) for row in rows)
    return rows
