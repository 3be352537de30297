"""Numbers in sentences are short, and no rounding is shown as a number."""

from __future__ import annotations

import pytest

from ui.numbers import short


@pytest.mark.parametrize(
    ("number", "written"),
    [(0.0, "0"), (2.1e-17, "0"), (-8e-16, "0"), (2e-15, "2.0e-15"), (0.5, "0.5"), (1234, "1,234"), (123456.0, "1.2e5")],
)
def test_numbers_are_short(number: float, written: str) -> None:
    assert short(number) == written
