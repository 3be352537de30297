"""Pictures: the bundled photographs and uploads."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from attention_core.export.bundler import ASSETS, text
from attention_core.images.decoding import as_jpeg, load_image

SHOWN_SIDE: Final = 1280
"""Pixels on the longer side of the copy that is sent to the browser."""


@dataclass(frozen=True)
class Picture:
    """A decoded picture. `digest` identifies its bytes and crop, and is part of every cache key."""

    digest: str
    image: Image.Image
    alt: str
    credit: str = ""
    opening: tuple[float, float] = (0.5, 0.5)
    """Position of the first query, as fractions (down, right)."""

    def square(self) -> Picture:
        """Return the middle square."""
        side = min(self.image.size)
        left, top = (self.image.width - side) // 2, (self.image.height - side) // 2
        return Picture(
            f"{self.digest}-square",
            self.image.crop((left, top, left + side, top + side)),
            self.alt,
            self.credit,
            tuple(_recentre(at, length, side) for at, length in zip(self.opening, self.image.size[::-1], strict=True)),  # type: ignore[arg-type]
        )

    def encoded(self) -> bytes:
        """Return a JPEG for the browser."""
        smaller = self.image.copy()
        smaller.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.LANCZOS)
        return as_jpeg(smaller)


def photographs() -> dict[str, str]:
    """Return names and titles of the bundled photographs. The opening one comes first."""
    return {name: photo["title"] for name, photo in _catalogue().items()}


def photograph(name: str) -> Picture:
    photo = _catalogue()[name]
    data = (ASSETS / "photos" / photo["file"]).read_bytes()
    credit = f"{photo['credit']} ({photo['licence']})"
    return Picture(_digest(data), load_image(data), photo["alt"], credit, tuple(photo["opening"]))


def photograph_file(name: str) -> str:
    """Return a bundled photograph's path in a clone; for an unknown name, the opening photograph's path."""
    catalogue = _catalogue()
    return f"assets/photos/{catalogue.get(name, next(iter(catalogue.values())))['file']}"


def uploaded(data: bytes) -> Picture:
    """Decode an upload. Raises ImageError, with a sentence for the user, if the bytes are not an acceptable image."""
    return Picture(_digest(data), load_image(data), "Your picture")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _recentre(at: float, length: int, side: int) -> float:
    return min(0.999, max(0.0, (at * length - (length - side) / 2) / side))


def _catalogue() -> dict[str, dict[str, Any]]:
    catalogue: dict[str, dict[str, Any]] = json.loads(text("photos/photos.json"))
    return catalogue
