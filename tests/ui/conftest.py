"""What fails on a page is said there and logged (ui/shared/faults.py): here that fails the test, but for those about it."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator

import pytest


class Lines(logging.Handler):
    """The messages of a logger."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(self.format(record))


@pytest.fixture(autouse=True)
def fault_lines(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What the log says of faults; a test that asks for it may have some."""
    lines, log = Lines(), logging.getLogger("regard")
    log.addHandler(lines)
    yield lines.seen
    log.removeHandler(lines)
    expected = "fault_lines" in inspect.signature(request.function).parameters
    assert expected or not lines.seen, lines.seen
