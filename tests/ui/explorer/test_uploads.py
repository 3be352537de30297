"""What a reader brings to "Your image": files that are read, what is said of them, and what of those that are not."""

from __future__ import annotations

import io

import numpy as np
import torch
from PIL import Image
from pillow_heif import from_pillow
from safetensors.torch import save
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


def give_weights(name: str, data: bytes) -> AppTest:
    app = run_page("your_image", model="From the hub", hub="DINO ViT-S/16", across="8")
    return app.file_uploader(key="own-weights").upload(name, data, "").run()


def offered(app: AppTest) -> list[str]:
    return [button.label for button in app.button if button.label.startswith("Load")]


def conversions(app: AppTest) -> list[str]:
    return [code.value for code in app.code if "save_file" in code.value]


def test_pickled_weights_are_refused_at_once_with_the_line_that_converts_them() -> None:
    shown = give_weights("mine.pth", b"PK\x03\x04 and so on")
    (warning,) = shown.warning
    assert warning.value.startswith("mine.pth is not safetensors: pickled weights can run code and are not read; convert it")
    (line,) = conversions(shown)
    assert "torch.load('mine.pth', weights_only=True)" in line and "'mine.safetensors'" in line
    assert offered(shown) == ["Load"] and not shown.exception


def test_other_files_are_no_weights_either() -> None:
    shown = give_weights("notes.txt", b"Dear reader")
    (warning,) = shown.warning
    assert warning.value == "notes.txt is damaged or no safetensors file; save or download it again."
    assert offered(shown) == ["Load"] and not conversions(shown)


def test_safetensors_are_taken_whatever_they_are_called() -> None:
    shown = give_weights("mine.bin", save({"norm.weight": torch.zeros(3)}))
    assert offered(shown) == ["Load with your weights"] and not shown.warning
