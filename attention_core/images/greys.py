"""Greys of more than 8 bits, or floating, brought to the 8 bits of a screen by the range that they use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from PIL import Image

from attention_core.images.strips import strips

DEPTHS: Final = (8, 10, 12, 14, 16)
"""Bits to which cameras and microscopes digitise, whatever the file stores them in."""
_WHITES: Final = tuple(float(2**depth - 1) for depth in DEPTHS)


def is_deep_grey(image: Image.Image) -> bool:
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def to_8_bits(image: Image.Image) -> Image.Image:
    """Black is 0, white the largest number of as few bits, of `DEPTHS`, as hold all; of floats 1.

    Where there are numbers beyond, their own smallest and largest are black and white.
    """
    low, high = _black_and_white(image)
    greys = Image.new("L", image.size)
    for top, strip in strips(image):
        values = np.round((_values(strip) - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
        greys.paste(Image.fromarray(values), (0, top))
    return greys


def range_note(image: Image.Image) -> str:
    """A sentence on black and white where they are not those that the file could hold; else ""."""
    black, white = _black_and_white(image)
    if black == 0 and white == _whites(image.mode)[-1]:
        return ""
    if black == 0 and white in _whites(image.mode):
        return f"Its greys use {DEPTHS[_WHITES.index(white)]} bits: {white:,.0f} is shown as white."
    return f"Its greys go from {black:,g} to {white:,g}: these are shown as black and white."


def _black_and_white(image: Image.Image) -> tuple[float, float]:
    lows, highs = zip(*((float(values.min()), float(values.max())) for values in _all_values(image)), strict=True)
    low, high = min(lows), max(highs)
    white = next((white for white in _whites(image.mode) if low >= 0 and high <= white), None)
    return (low, high) if white is None else (0.0, white)


def _whites(mode: str) -> tuple[float, ...]:
    return (1.0,) if mode == "F" else _WHITES


def _all_values(image: Image.Image) -> Iterator[np.ndarray]:
    return (_values(strip) for _, strip in strips(image))


def _values(image: Image.Image) -> np.ndarray:
    return np.nan_to_num(np.asarray(image, dtype=np.float64))
