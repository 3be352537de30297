"""docs/architectures.md: the measurements of every case, as a table that the tests write and compare."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.architectures.harness import STATUSES, TOLERANCE, Measured, Row

DOCUMENT = Path(__file__).parents[2] / "docs" / "architectures.md"
HEAD = """# Architectures

`record_attention` is tested on many architectures. Each row is a small model with random weights. A test records it and
compares the recorded weights with weights from another source. For transformers these are the weights that a model returns with
`output_attentions=True` in its eager implementation. For timm and torchvision they come from the library's own explicit path.

- **exact**: every weight of every head differs by at most {tolerance:.0e} in float32.
- **exact, rest named**: every recorded weight is exact. The last column names what was not recorded, and why.
- **named**: nothing could be recorded. The last column says why.

The columns "Fused" and "Explicit" show the same model in two ways: with torch's fused attention, and with an explicit softmax.
A dash means that the model does not have this way.

`REGARD_WRITE_DOCS=1 pytest tests/architectures` writes this file. Without the variable the tests fail if the file differs from
their measurements. Only the digits of the errors may differ.

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
