"""Large pictures in pieces, so that what is made on the way from one form to another takes little memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PIL import Image

PIXELS: Final = 2_000_000


def strips(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Copies of pieces of full width, from the top to the bottom, each with its first row; a small picture is one piece."""
    rows = max(1, PIXELS // image.width)
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))
