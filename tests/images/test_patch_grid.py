import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from attention_core import PatchGrid, patchify, unpatchify

sides = st.integers(1, 23)
patch_sizes = st.integers(1, 7)
grids = st.builds(PatchGrid, rows=st.integers(1, 9), cols=st.integers(1, 9), patch_size=patch_sizes)


def addresses(height: int, width: int) -> Tensor:
    """Return (2, height, width): channel 0 holds each pixel's row, channel 1 its column."""
    return torch.stack(torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij"))


@given(height=sides, width=sides, patch_size=patch_sizes, lead=st.sampled_from([(), (2,), (2, 5)]), channels=st.integers(1, 4))
def test_unpatchify_undoes_patchify(height: int, width: int, patch_size: int, lead: tuple[int, ...], channels: int) -> None:
    image = torch.randn(*lead, channels, height, width)
    grid = PatchGrid.covering(height, width, patch_size)
    patches = patchify(image, patch_size)
    assert patches.shape == (*lead, grid.num_patches, channels * patch_size**2)
    assert torch.equal(unpatchify(patches, grid, height, width), image)
    assert unpatchify(patches, grid).shape == (*lead, channels, grid.height, grid.width)


@given(grids)
def test_patches_are_numbered_row_by_row(grid: PatchGrid) -> None:
    size = grid.patch_size
    patches = patchify(addresses(grid.height, grid.width), size).view(grid.num_patches, 2, size, size)
    for index in range(grid.num_patches):
        row, col = grid.position(index)
        assert torch.equal(patches[index], addresses(size, size) + torch.tensor([row * size, col * size])[:, None, None])


def test_the_order_on_a_2_by_3_grid() -> None:
    patches = patchify(addresses(4, 6), 2)
    corners = patches.view(6, 2, 2, 2)[:, :, 0, 0]
    assert corners.tolist() == [[0, 0], [0, 2], [0, 4], [2, 0], [2, 2], [2, 4]]


@given(height=sides, width=sides, patch_size=patch_sizes)
def test_padding_repeats_the_last_line(height: int, width: int, patch_size: int) -> None:
    grid = PatchGrid.covering(height, width, patch_size)
    filled = unpatchify(patchify(addresses(height, width), patch_size), grid)
    limit = torch.tensor([height - 1, width - 1])[:, None, None]
    assert torch.equal(filled, addresses(grid.height, grid.width).minimum(limit))


@given(height=st.integers(1, 200), width=st.integers(1, 200), patch_size=patch_sizes)
def test_covering_is_the_smallest_grid_that_covers(height: int, width: int, patch_size: int) -> None:
    grid = PatchGrid.covering(height, width, patch_size)
    assert grid.height - patch_size < height <= grid.height
    assert grid.width - patch_size < width <= grid.width


@given(height=st.integers(16, 4000), width=st.integers(16, 4000), across=st.integers(4, 64))
def test_fitting_keeps_the_aspect_ratio_to_half_a_patch(height: int, width: int, across: int) -> None:
    grid = PatchGrid.fitting(height, width, 14, across)
    longer = max(height, width)
    assert grid.patch_size == 14 and max(grid.rows, grid.cols) == across
    for count, side in ((grid.rows, height), (grid.cols, width)):
        assert abs(count - across * side / longer) <= 0.5 or count == 1


def test_fitting_keeps_the_longer_side() -> None:
    assert PatchGrid.fitting(height=100, width=300, patch_size=8, across=12) == PatchGrid(rows=4, cols=12, patch_size=8)
    assert PatchGrid.fitting(height=300, width=100, patch_size=8, across=12) == PatchGrid(rows=12, cols=4, patch_size=8)


@given(grids)
def test_index_and_position_are_inverse(grid: PatchGrid) -> None:
    positions = [grid.position(index) for index in range(grid.num_patches)]
    assert positions == [(row, col) for row in range(grid.rows) for col in range(grid.cols)]
    assert [grid.index(row, col) for row, col in positions] == list(range(grid.num_patches))


@pytest.mark.parametrize(("row", "col"), [(2, 0), (0, 3), (-1, 0), (0, -1)])
def test_an_index_outside_the_grid_is_refused(row: int, col: int) -> None:
    expected = f"patch ({row}, {col}) is outside the grid: rows 0–1, columns 0–2"
    with pytest.raises(ValueError, match=re.escape(expected)):
        PatchGrid(2, 3, 8).index(row, col)


@pytest.mark.parametrize("index", [-1, 6])
def test_a_position_outside_the_grid_is_refused(index: int) -> None:
    with pytest.raises(ValueError, match=f"patch {index} is outside the grid: 0–5"):
        PatchGrid(2, 3, 8).position(index)


@pytest.mark.parametrize("sizes", [(0, 3, 8), (2, -1, 8), (2, 3, 0)])
def test_an_empty_grid_is_refused(sizes: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"must be 1 or more, received PatchGrid\(rows="):
        PatchGrid(*sizes)


@pytest.mark.parametrize("patch_size", [0, -2])
def test_patches_of_no_pixels_are_refused(patch_size: int) -> None:
    with pytest.raises(ValueError, match="must be 1 or more"):
        patchify(torch.ones(3, 4, 6), patch_size)


def test_an_image_without_channels_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(\.\.\., channels, height, width\), received \(4, 6\)"):
        patchify(torch.ones(4, 6), 2)


@pytest.mark.parametrize("shape", [(5, 12), (6, 13), (12, 6)])
def test_patches_that_do_not_fit_the_grid_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=rf"expected 6 patches of C·2·2 .*received {shape[0]} of {shape[1]}"):
        unpatchify(torch.ones(shape), PatchGrid(2, 3, 2))


def test_one_axis_cannot_be_patches() -> None:
    with pytest.raises(ValueError, match="patches must be"):
        unpatchify(torch.ones(24), PatchGrid(2, 3, 2))


def test_grid_sizes_in_pixels() -> None:
    grid = PatchGrid.covering(height=21, width=50, patch_size=8)
    assert (grid.rows, grid.cols) == (math.ceil(21 / 8), math.ceil(50 / 8)) == (3, 7)
    assert (grid.num_patches, grid.height, grid.width) == (21, 24, 56)
