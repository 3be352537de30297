"""Small pictures of every accepted format, in all their storage modes. The fuzzer mutates them."""

from __future__ import annotations

import io
import struct
from typing import Any, Final

import numpy as np
from PIL import Image
from pillow_heif import from_pillow

SIZE: Final = (40, 24)


def _greys(most: int, kind: type) -> Image.Image:
    return Image.fromarray(np.linspace(0, most, SIZE[0] * SIZE[1]).reshape(SIZE[::-1]).astype(kind))


def _colours(mode: str = "RGB") -> Image.Image:
    values = np.random.default_rng(0).integers(0, 256, (SIZE[1], SIZE[0], 4), np.uint8)
    return Image.fromarray(values).convert(mode)


def _stored(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _animated(kind: str) -> bytes:
    return _stored(_colours(), kind, save_all=True, append_images=[_colours("L").convert("RGB")] * 2)


def _heic(image: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    from_pillow(image).save(buffer, **options)
    return buffer.getvalue()


def _turned() -> dict[str, Any]:
    """Return a picture with orientation and profile, which are read too."""
    from PIL import ImageCms

    exif = Image.Exif()
    exif[0x0112] = 6
    return {"exif": exif, "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()}


def tiff_of_12_bits() -> bytes:
    """Return a grey TIFF with two pixels in three bytes, as some cameras write it. Pillow cannot write such a file."""
    width, height = SIZE
    pixels = bytes((7 * at) % 256 for at in range(width * height * 3 // 2))
    tags = {256: width, 257: height, 258: 12, 259: 1, 262: 1, 273: 0, 277: 1, 278: height, 279: len(pixels)}
    tags[273] = 8 + 2 + 12 * len(tags) + 4
    entries = b"".join(struct.pack("<HHII", tag, 4 if tag > 270 else 3, 1, value) for tag, value in sorted(tags.items()))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + pixels


SEEDS: Final[dict[str, list[bytes]]] = {
    "JPEG": [
        _stored(_colours(), "JPEG", **_turned()),
        _stored(_colours("CMYK"), "JPEG"),
        _stored(_colours("L"), "JPEG", progressive=True),
        _stored(_colours(), "JPEG", subsampling=0, restart_marker_rows=1),
    ],
    "PNG": [
        *(_stored(_colours(mode), "PNG") for mode in ("1", "L", "LA", "RGBA")),
        _stored(_colours(), "PNG", **_turned()),
        _stored(_colours("P"), "PNG", transparency=b"\0\x80\xff"),
        _stored(_greys(4095, np.uint16), "PNG"),
        _animated("PNG"),
    ],
    "WebP": [
        _stored(_colours(), "WebP", **_turned()),
        _stored(_colours("RGBA"), "WebP", lossless=True),
        _animated("WebP"),
    ],
    "GIF": [_stored(_colours("P"), "GIF", transparency=3, interlace=1), _animated("GIF")],
    "BMP": [_stored(_colours(mode), "BMP") for mode in ("1", "L", "P", "RGB", "RGBA")],
    "TIFF": [
        *(_stored(_colours(mode), "TIFF") for mode in ("1", "L", "P", "RGBA", "CMYK", "YCbCr")),
        *(_stored(_colours(), "TIFF", compression=how) for how in ("tiff_lzw", "tiff_deflate", "jpeg", "packbits")),
        _stored(_colours("1"), "TIFF", compression="group4"),
        _stored(_colours(), "TIFF", **_turned()),
        *(_stored(_greys(most, kind), "TIFF") for most, kind in ((4095, np.uint16), (10**6, np.int32), (1, np.float32))),
        _stored(_greys(65535, np.uint16), "TIFF", compression="tiff_lzw"),
        tiff_of_12_bits(),
        _animated("TIFF"),
    ],
    "AVIF": [_stored(_colours(), "AVIF", **_turned()), _stored(_colours("RGBA"), "AVIF"), _animated("AVIF")],
    "HEIC": [_heic(_colours(), quality=60), _heic(_colours("RGBA")), _heic(_colours(), **_turned())],
}
"""Files of each format, with the names of ACCEPTED_FORMATS."""
