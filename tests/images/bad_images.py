"""Files that Regard refuses, each with a part of the sentence that gives the reason."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Final

from PIL import Image


def encoded(mode: str, size: tuple[int, int], kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return buffer.getvalue()


def _noise_jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((200, 150), 60).save(buffer, "JPEG")
    return buffer.getvalue()


def _bomb() -> bytes:
    """Return a PNG of a hundred bytes whose header claims 30,000 × 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


BAD_IMAGES: Final[dict[str, tuple[bytes, str]]] = {
    "not an image": (b"Dear reader, this is a letter. " * 20, "not an image"),
    "a document with the wrong extension": (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "not an image"),
    "truncated": (_noise_jpeg()[:4000], "damaged or cut short"),
    "zero bytes": (b"", "empty"),
    "decompression bomb": (_bomb(), "accepted"),
    "1 × 1": (encoded("RGB", (1, 1)), "at least 16 pixels"),
    "20,000 × 1": (encoded("RGB", (20_000, 1)), "at least 16 pixels"),
    "20,000 × 20": (encoded("RGB", (20_000, 20)), "at most 8 times the shorter"),
    "60 megapixels": (encoded("1", (10_000, 6_000)), "60 megapixels"),
    "26 megabytes": (b"\0" * 26_000_000, "26 MB"),
}
