"""Tables as CSV: a line a row, numbers with all their digits, quotes only around what needs them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence


def csv_table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The names of the columns, then the rows."""
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(names)
    table.writerows(rows)
    return lines.getvalue()
