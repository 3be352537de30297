"""Numbers as text for sentences. assets/figures/numbers.js does the same for figures."""

from __future__ import annotations

from typing import Final

ROUNDING: Final = 1e-15
"""Smaller sizes are rounding errors of a zero after additions in 64 bits. assets/figures/numbers.js has it too."""


def short(number: float) -> str:
    """Return a number with three significant digits, or a count (an int) in full."""
    if isinstance(number, int):
        return f"{number:,}"
    if abs(number) < ROUNDING:
        return "0"
    if 1e-3 <= abs(number) < 1e5:
        return f"{number:.3g}"
    digits, exponent = f"{number:.1e}".split("e")
    return f"{digits}e{int(exponent)}"
