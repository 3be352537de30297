"""Large pictures are converted to RGB in pieces. The result is that of the whole picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from attention_core import load_image
from attention_core.images import strips
from attention_core.images.decoding import note_on

SIZE = (70, 90)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PICTURES = [
    ("RGB", "PNG", {"icc_profile": PROFILE}),
    ("RGBA", "PNG", {}),
    ("LA", "PNG", {}),
    ("P", "PNG", {"transparency": b"\0\x80\xff"}),
    ("P", "GIF", {"transparency": 3}),
    ("1", "TIFF", {}),
    ("CMYK", "TIFF", {}),
    ("I;16", "PNG", {}),
    ("I", "TIFF", {}),
    ("F", "TIFF", {}),
]


def stored(mode: str, kind: str, options: dict[str, object]) -> bytes:
    chance = np.random.default_rng(3)
    if mode in ("I;16", "I", "F"):
        greys = chance.uniform(0, 4095, SIZE[::-1]).astype({"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode])
        image = Image.fromarray(greys)
    else:
        image = Image.fromarray(chance.integers(0, 256, (*SIZE[::-1], 4), np.uint8)).convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(("mode", "kind", "options"), PICTURES)
def test_pieces_give_the_whole_picture(
    mode: str, kind: str, options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = stored(mode, kind, options)
    whole, note = np.asarray(load_image(data)), note_on(data)
    monkeypatch.setattr(strips, "PIXELS", 11 * SIZE[0])  # nine pieces, the last one short
    np.testing.assert_array_equal(np.asarray(load_image(data)), whole)
    assert note_on(data) == note


def test_a_picture_held_by_a_program_stays_unchanged() -> None:
    image = Image.new("RGB", SIZE, "red")
    image.info["note"] = "mine"
    loaded = load_image(image)
    assert loaded is not image and image.info == {"note": "mine"} and loaded.info == {}
    loaded.paste("blue", (0, 0, *SIZE))
    assert image.getpixel((0, 0)) == (255, 0, 0)
