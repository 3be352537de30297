"""docs/architectures.md: the measurements of every case, as a table that the tests write and compare."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.architectures.harness import STATUSES, TOLERANCE, Measured, Row

DOCUMENT = Path(__file__).parents[2] / "docs" / "architectures.md"
HEAD = """# Architectures

Each row is a small model of random weights, recorded by `record_attention` and held against weights that come from elsewhere:
of transformers those that it returns with `output_attentions=True` in its eager implementation, of timm and torchvision those
of their own explicit paths. *Exact* means that every weight of every head is within {tolerance:.0e} of them in float32.

"Fused" is the model with torch's fused attention, "explicit" the model that takes its softmax in the open; a dash stands where
a model has no such way. `REGARD_WRITE_DOCS=1 pytest tests/architectures` writes this file; without it the tests fail where it
differs from what they measure, but for the digits of the errors.

{count} architectures: {statuses}.

| Kind | Library | Architecture | Status | Calls | Fused | Explicit | Greatest error | Not seen, and why |
|---|---|---|---|---|---|---|---|---|
"""
ERROR_COLUMN = 8


def document(rows: Iterable[Row]) -> str:
    rows = list(rows)
    statuses = [status(row) for row in rows]
    counted = "; ".join(f"{statuses.count(each)} {each}" for each in STATUSES if each in statuses)
    head = HEAD.format(tolerance=TOLERANCE, count=len(rows), statuses=counted)
    return head + "\n".join(line(row) for row in rows) + "\n"


def status(row: Row) -> str:
    """Return the worst status of the row's ways."""
    return max((measured.status for measured in row.measured.values()), key=STATUSES.index)


def line(row: Row) -> str:
    measured = list(row.measured.values())
    reasons = dict.fromkeys(reason for each in measured for reason in each.reasons)
    fields = (
        row.case.kind, row.case.library, row.case.name, status(row), str(measured[0].calls),
        _exact(row.measured.get("fused")), _exact(row.measured.get("explicit")),
        _error([each for each in measured if each.exact]), "; ".join(reasons).replace("|", "\\|").replace("\n", " "),
    )  # fmt: skip
    return f"| {' | '.join(fields)} |".replace("|  |", "| |")


def without_errors(text: str) -> list[list[str]]:
    """Return the lines of the document as separate cells, without the column whose digits differ between machines."""
    cells = [line.split(" | ") for line in text.splitlines()]
    return [[cell for at, cell in enumerate(line, 1) if at != ERROR_COLUMN] for line in cells]


def _exact(measured: Measured | None) -> str:
    return "–" if measured is None or not measured.calls else f"{measured.exact} exact"


def _error(measured: list[Measured]) -> str:
    return f"{max(each.error for each in measured):.0e}" if measured else "–"
