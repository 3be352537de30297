"""Pictures are changed inside a box, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from attention_core import PatchGrid
from attention_core.interventions.picture_changes import HOWS, changed
from tests.planted import planted

GRID = PatchGrid(5, 8, 6)
BOX = (1, 2, 2, 3)


def picture(width: int = 71, height: int = 50) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


def inside(*box: int) -> tuple[slice, slice]:
    row, col, rows, cols = (6 * number for number in box)
    return slice(row, row + rows), slice(col, col + cols)


@pytest.mark.parametrize("how", HOWS)
def test_outside_of_the_box_every_pixel_stays(how: Any) -> None:
    resized = picture().resize((48, 30), Image.Resampling.BICUBIC)
    found, plain = pixels(changed(picture(), GRID, BOX, how, (3, 5) if how == "swap" else None)), pixels(resized)
    assert found.shape == (30, 48, 3) and (found[inside(*BOX)] != plain[inside(*BOX)]).any()
    outside = np.ones((30, 48), bool)
    outside[inside(*BOX)] = False
    if how == "swap":
        outside[inside(3, 5, 2, 3)] = False
    assert np.array_equal(found[outside], plain[outside])


def test_effect_of_each_change() -> None:
    plain = pixels(changed(picture(), GRID, (0, 0, 1, 1), "blank"))
    blank = pixels(changed(picture(), GRID, BOX, "blank"))[inside(*BOX)]
    assert (blank == blank[0, 0]).all() and abs(blank[0, 0] - plain[inside(*BOX)].mean((0, 1))).max() <= 0.5
    swapped = pixels(changed(picture(), GRID, BOX, "swap", (3, 5)))
    assert np.array_equal(swapped[inside(*BOX)], plain[inside(3, 5, 2, 3)])
    assert np.array_equal(swapped[inside(3, 5, 2, 3)], plain[inside(*BOX)])
    mixed = pixels(changed(picture(), GRID, BOX, "shuffle"))
    cells = {(row, col): inside(row, col, 1, 1) for row in (1, 2) for col in (2, 3, 4)}
    assert sorted(mixed[cell].tobytes() for cell in cells.values()) == sorted(plain[cell].tobytes() for cell in cells.values())
    assert any(not np.array_equal(mixed[cell], plain[cell]) for cell in cells.values())
    assert np.array_equal(mixed, pixels(changed(picture(), GRID, BOX, "shuffle")))
    assert not np.array_equal(mixed, pixels(changed(picture(), GRID, BOX, "shuffle", seed=1)))
    blurred = pixels(changed(picture(), GRID, BOX, "blur"))[inside(*BOX)]
    assert blurred.std() < plain[inside(*BOX)].std() / 2


def test_the_model_gets_these_pixels() -> None:
    grid = planted().grid_for(picture())
    shown = changed(picture(), grid, (0, 0, 2, 2), "blank")
    given = planted().preprocess(shown, grid)[0].permute(1, 2, 0)
    assert np.allclose(given * 0.5 + 0.5, pixels(shown) / 255, atol=1e-6)


@pytest.mark.parametrize(
    ("box", "how", "to", "message"),
    [
        (BOX, "melt", None, "how must be one of blur, blank, shuffle, swap, received 'melt'"),
        ((4, 0, 2, 1), "blur", None, r"inside 5 × 8 patches, received \(4, 0, 2, 1\)"),
        ((0, 0, 0, 1), "blur", None, "inside 5 × 8 patches"),
        ((-1, 0, 1, 1), "blur", None, "inside 5 × 8 patches"),
        (BOX, "swap", None, "`to` goes with swap alone"),
        (BOX, "blur", (0, 0), "`to` goes with swap alone"),
        (BOX, "swap", (4, 0), "inside 5 × 8 patches"),
        (BOX, "swap", (2, 4), "boxes that are swapped must not overlap"),
    ],
)
def test_impossible_picture_changes_give_a_sentence(box: Any, how: Any, to: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        changed(picture(), GRID, box, how, to)
