"""Images as arrays, as PIL images and as open files give the same picture."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from attention_core import ImageError, load_image
from attention_core.images.decoding import load_images

RGB = np.random.default_rng(0).integers(0, 256, (20, 33, 3), dtype=np.uint8)
GREY = RGB[..., 0]
HALF = np.dstack([RGB, np.full(RGB.shape[:2], 128, np.uint8)])


def png(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return buffer.getvalue()


def tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(array.copy())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (RGB, RGB),
        (RGB / 255, RGB),
        ((RGB / 255).astype(np.float32), RGB),
        (RGB[:, ::-1], RGB[:, ::-1]),
        (GREY, np.dstack([GREY] * 3)),
        (GREY / 255, np.dstack([GREY] * 3)),
        (tensor(RGB), RGB),
        (tensor(RGB).permute(2, 0, 1), RGB),
        ((tensor(RGB).double() / 255).permute(2, 0, 1).requires_grad_(), RGB),
        (tensor(GREY), np.dstack([GREY] * 3)),
        (Image.fromarray(RGB), RGB),
        (Image.fromarray(GREY), np.dstack([GREY] * 3)),
        (io.BytesIO(png(RGB)), RGB),
        (bytearray(png(RGB)), RGB),
        (png(RGB), RGB),
    ],
)
def test_the_same_picture_in_every_form(source: Any, expected: np.ndarray) -> None:
    picture = load_image(source)
    assert picture.mode == "RGB" and picture.size == (33, 20)
    np.testing.assert_array_equal(np.asarray(picture), expected)


def test_transparency_lies_on_white_in_every_form() -> None:
    expected = np.asarray(load_image(png(HALF)))
    assert np.abs(expected.astype(float) - (RGB / 2 + 127)).max() <= 2
    for source in (HALF, HALF / 255, tensor(HALF), Image.fromarray(HALF)):
        np.testing.assert_array_equal(np.asarray(load_image(source)), expected)


def test_bfloat16_and_a_path_and_an_open_file(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(png(RGB))
    for path in (tmp_path / "picture", str(tmp_path / "picture")):
        np.testing.assert_array_equal(np.asarray(load_image(path)), RGB)
    with (tmp_path / "picture").open("rb") as file:
        np.testing.assert_array_equal(np.asarray(load_image(file)), RGB)
    rounded = np.asarray(load_image((tensor(RGB).float() / 255).bfloat16()))
    assert np.abs(rounded.astype(int) - RGB).max() <= 1


def test_a_programs_picture_is_unchanged_and_may_be_small() -> None:
    given = Image.fromarray(RGB)
    exif = given.getexif()
    exif[0x0112] = 6  # lies on its side
    buffer = io.BytesIO()
    given.save(buffer, "PNG", exif=exif)
    turned = Image.open(buffer)
    assert load_image(turned).size == (20, 33) and turned.size == (33, 20)
    again = load_image(load_image(turned))
    np.testing.assert_array_equal(np.asarray(again), np.rot90(RGB, -1))
    assert load_image(Image.new("P", (3, 1))).size == (3, 1)


@pytest.mark.parametrize(
    ("source", "received"),
    [
        (5, "received int"),
        (None, "received NoneType"),
        ([RGB], "received list"),
        (RGB[None], r"received \(1, 20, 33, 3\); give a batch as a list of images"),
        (RGB[..., :2], r"received the shape \(20, 33, 2\)"),
        (RGB[0, 0], r"received the shape \(3,\)"),
        (RGB[:0], r"received the shape \(0, 33, 3\)"),
        (RGB.astype(np.int64), "received int64"),
        (RGB.astype(float), "received float64 from 0 to 255"),
        (RGB / 255 - 0.5, "received float64 from -0.5 to 0.5"),
        (np.full((20, 20), np.nan), "received float64 from nan to nan"),
        (tensor(RGB) > 3, "received bool"),
        (torch.zeros(2, 20, 33), r"received the shape \(2, 20, 33\)"),
        (io.StringIO("text"), "open it in binary mode"),
    ],
)
def test_a_value_that_is_not_an_image_is_named_with_what_is_expected(source: Any, received: str) -> None:
    with pytest.raises(ImageError, match=received) as caught:
        load_image(source)
    assert "Expected an " in str(caught.value) or "binary mode" in str(caught.value)


def test_files_that_are_closed_damaged_or_endless_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.BytesIO(png(RGB))
    closed.close()
    with pytest.raises(ImageError, match="cannot be read"):
        load_image(closed)
    with pytest.raises(ImageError, match="damaged or cut short"):
        load_image(Image.open(io.BytesIO(png(RGB)[:900])))
    with pytest.raises(ImageError, match="not an image Regard can read"):
        load_image(io.BytesIO(b"not a picture"))
    monkeypatch.setenv("REGARD_PICTURE_MEGABYTES", "1")
    with pytest.raises(ImageError, match="The file has over 1 MB"), Path("/dev/zero").open("rb") as endless:
        load_image(endless)
    with pytest.raises(ImageError, match="The file has over 1 MB"):
        load_image("/dev/zero")


def test_one_or_many() -> None:
    assert [picture.size for picture in load_images(RGB)] == [(33, 20)]
    assert [picture.size for picture in load_images([RGB, Image.new("L", (7, 5)), png(RGB)])] == [(33, 20), (7, 5), (33, 20)]
    with pytest.raises(ImageError, match="at least one image, received an empty list"):
        load_images([])
