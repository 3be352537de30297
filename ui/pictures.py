"""Pictures to look at: the bundled photographs, and the one that a user brings."""

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
    """A decoded picture. `digest` is of the bytes it came from and of the crop, and keys every cache."""

    digest: str
    image: Image.Image
    alt: str
    credit: str = ""
    opening: tuple[float, float] = (0.5, 0.5)
    """Where the first query lies, as fractions (down, right)."""

    def square(self) -> Picture:
        """The middle square."""
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
        """A JPEG for the browser."""
        shown = self.image.copy()
        shown.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.LANCZOS)
        return as_jpeg(shown)


def photographs() -> dict[str, str]:
    """Names and titles of the bundled photographs, the opening one first."""
    return {name: photo["title"] for name, photo in _catalogue().items()}


def photograph(name: str) -> Picture:
    photo = _catalogue()[name]
    data = (ASSETS / "photos" / photo["file"]).read_bytes()
    credit = f"{photo['credit']} ({photo['licence']})"
    return Picture(_digest(data), load_image(data), photo["alt"], credit, tuple(photo["opening"]))


def photograph_file(name: str) -> str:
    """Where a bundled photograph lies in a clone; that of the opening one for other names."""
    catalogue = _catalogue()
    return f"assets/photos/{catalogue.get(name, next(iter(catalogue.values())))['file']}"


def uploaded(data: bytes) -> Picture:
    """Raises ImageError, in a sentence for the user, where the bytes are not an acceptable image."""
    return Picture(_digest(data), load_image(data), "Your picture")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _recentre(at: float, length: int, side: int) -> float:
    return min(0.999, max(0.0, (at * length - (length - side) / 2) / side))


def _catalogue() -> dict[str, dict[str, Any]]:
    catalogue: dict[str, dict[str, Any]] = json.loads(text("photos/photos.json"))
    return catalogue
