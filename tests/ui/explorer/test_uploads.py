"""What a reader brings to "Your image": files that are read, what is said of them, and what of those that are not."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from pillow_heif import from_pillow
from streamlit.testing.v1 import AppTest

from tests.ui.pages import run_page


def opened() -> AppTest:
    return run_page("your_image", model="Raw patches", across="8")


def give(app: AppTest, name: str, data: bytes) -> AppTest:
    return app.file_uploader(key="upload").upload(name, data, "").run()


def captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption]


def test_a_telephones_photograph_becomes_the_picture() -> None:
    buffer = io.BytesIO()
    from_pillow(Image.effect_mandelbrot((240, 120), (-2, -1, 1, 1), 50)).save(buffer)
    shown = give(opened(), "IMG_0001.HEIC", buffer.getvalue())
    assert not shown.exception and not shown.error
    assert shown.session_state["uploaded"].image.size == (240, 120)


def test_a_picture_of_fewer_bits_than_it_is_stored_in_says_so() -> None:
    greys = np.linspace(0, 4095, 64 * 48).astype(np.uint16).reshape(48, 64)
    buffer = io.BytesIO()
    Image.fromarray(greys).save(buffer, "TIFF")
    shown = give(opened(), "cells.tif", buffer.getvalue())
    assert np.asarray(shown.session_state["uploaded"].image).max() == 255
    assert "Its greys use 12 bits: 4,095 is shown as white." in captions(shown)
