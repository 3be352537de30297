"""The trained model on questions with known answers: a photograph beside its moved copy, and a model with one changed head.

The features are those after block 7, the eighth of 12. Among the tested blocks (2, 4, 6 to 11), it matches best over
the four tasks. Blocks 6 to 9 are nearly as good, and block 11 is far worse. Amir et al. 2021 found the same for DINO:
middle layers encode which part of an object a patch shows, and the last layers encode which object it is.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from attention_core import PatchGrid, VisionModel, load_image, load_model
from attention_core.analysis.components import as_colours, foreground, principal_components
from attention_core.analysis.matching import match
from attention_core.analysis.movement import cka, head_movement
from attention_core.analysis.segments import segments
from attention_core.analysis.similarity import How, cleaned, cosine_similarity

PHOTOS = Path(__file__).parents[2] / "assets/photos"
NAMES = ("astronaut", "cat", "coffee", "rocket")
BLOCK, PATCH = 7, 14
GRID, MARGIN = PatchGrid(20, 26, PATCH), (4, 5)  # the windows, and how many rows and columns of the photograph lie beyond
SHIFT, ZOOM = (3, 5), 1.5
UNTRAINED = ("random-heads", "raw-patches")

Patches = tuple[Tensor, PatchGrid]


@dataclass(frozen=True)
class Task:
    """A window of a photograph, a second picture of the same photograph, and the true position of every patch.

    rows, cols (N): for the centre of each patch in the first picture, its position in the second. The unit is a patch
    of the second picture's grid. Centres of patches have whole numbers. A patch that the second picture does not show
    has a position outside the grid.
    """

    name: str
    window: Image.Image
    other: Image.Image
    rows: Tensor
    cols: Tensor


def tasks(photo: Image.Image) -> Iterator[Task]:
    size = min(photo.height / (GRID.rows + MARGIN[0]), photo.width / (GRID.cols + MARGIN[1]))  # photograph's pixels per patch

    def window(row: float, col: float, rows: float, cols: float) -> Image.Image:
        box = (col * size, row * size, (col + cols) * size, (row + rows) * size)
        return photo.resize((GRID.width, GRID.height), Image.Resampling.BICUBIC, box)

    first = window(0, 0, GRID.rows, GRID.cols)
    row, col = torch.arange(GRID.num_patches) // GRID.cols, torch.arange(GRID.num_patches) % GRID.cols
    yield Task("shift", first, window(*SHIFT, GRID.rows, GRID.cols), row - SHIFT[0], col - SHIFT[1])
    yield Task("flip", first, first.transpose(Image.Transpose.FLIP_LEFT_RIGHT), row, GRID.cols - 1 - col)
    yield Task("rotation", first, first.transpose(Image.Transpose.ROTATE_90), GRID.cols - 1 - col, row)  # to the left
    rows, cols = GRID.rows / ZOOM, GRID.cols / ZOOM
    top, left = GRID.rows - rows - 1, GRID.cols - cols - 1  # not about the middle: that would keep its position
    yield Task("scale", first, window(top, left, rows, cols), (row + 0.5 - top) * ZOOM - 0.5, (col + 0.5 - left) * ZOOM - 0.5)


@cache
def trained() -> VisionModel:
    return load_model("dinov2-small", device="cpu")


def after_block(picture: Image.Image) -> Patches:
    """Return the residual stream of DINOv2-small's patches after the block."""
    model, kept = trained(), []
    grid = model.grid_for(picture, max(picture.size) // PATCH)
    hook = model.module.blocks[BLOCK].register_forward_hook(lambda _module, _inputs, output: kept.append(output))
    with torch.inference_mode():
        model.module(model.preprocess(picture, grid))
    hook.remove()
    return kept[0][0, len(model.prefix_tokens) :], grid


def queries_of(name: str, picture: Image.Image) -> Patches:
    """Return the queries of an untrained model, with the heads side by side. For raw patches, return the pixels."""
    record, grid = load_model(name, patch_size=PATCH, device="cpu").record(picture, max(picture.size) // PATCH)
    return record.layers[0].q[0].transpose(0, 1).flatten(1), grid


@cache
def pairs(name: str) -> list[tuple[Task, Patches, Patches]]:
    """Return, for each task of each photograph, the model's features of both pictures."""
    features = after_block if name == "dinov2-small" else partial(queries_of, name)
    found = []
    for photo in NAMES:
        for task in tasks(load_image(PHOTOS / f"{photo}.jpg")):
            found.append((task, features(task.window), features(task.other)))
    return found


def shares(name: str, how: How, normed: bool = False) -> dict[str, float]:
    """Return the share of correct mutual matches by task, over all photographs and all patches that both pictures show.

    A match is correct if it lies within one patch of the truth, horizontally and vertically.
    """
    counts: dict[str, list[Tensor]] = {}
    for task, *both in pairs(name):
        if normed:
            with torch.inference_mode():
                both = [(trained().module.norm(patches), grid) for patches, grid in both]
        matches, grid = match(*(cleaned(*each, how) for each in both)), both[1][1]
        shown = (task.rows > -0.5) & (task.rows < grid.rows - 0.5) & (task.cols > -0.5) & (task.cols < grid.cols - 0.5)
        off = torch.maximum((matches.forward // grid.cols - task.rows).abs(), (matches.forward % grid.cols - task.cols).abs())
        counted = matches.mutual & shown
        counts.setdefault(task.name, []).append(torch.stack([(counted & (off <= 1)).sum(), counted.sum()]))
    totals = {task: torch.stack(each).sum(0).tolist() for task, each in counts.items()}
    print(name, how, {task: f"{right / of:.3f} of {of}" for task, (right, of) in totals.items()})  # noqa: T201
    return {task: right / of for task, (right, of) in totals.items()}


@pytest.mark.parametrize("name", NAMES)
def test_true_positions_match_the_pixels(name: str) -> None:
    """Take each patch that both pictures show.

    Cut out of one picture and moved back, it looks like the same place in the other.
    """
    for task in tasks(load_image(PHOTOS / f"{name}.jpg")):
        moved_back = {"flip": lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT), "rotation": lambda p: p.rotate(-90)}
        side = PATCH * (ZOOM if task.name == "scale" else 1)
        for patch in range(0, GRID.num_patches, 37):
            row, col = GRID.position(patch)
            y, x = ((float(at[patch]) + 0.5) * PATCH for at in (task.rows, task.cols))
            if not (side / 2 <= y <= task.other.height - side / 2 and side / 2 <= x <= task.other.width - side / 2):
                continue
            box = (col * PATCH, row * PATCH, (col + 1) * PATCH, (row + 1) * PATCH)
            one = task.window.resize((PATCH, PATCH), Image.Resampling.BOX, box)
            there = task.other.resize(
                (PATCH, PATCH), Image.Resampling.BOX, (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
            )
            other = moved_back.get(task.name, lambda p: p)(there)
            colours = [torch.tensor(list(each.resize((3, 3), Image.Resampling.BOX).tobytes())).float() for each in (one, other)]
            assert (colours[0] - colours[1]).abs().mean() < 6, (task.name, row, col)  # of 255: enlarging rounds


@pytest.mark.parametrize(
    ("normed", "how"),
    [(False, "as it is"), (False, "position"), (True, "position")],
    ids=["raw", "raw, position removed", "normed, position removed"],
)
@pytest.mark.nightly
def test_the_trained_model_finds_patches_again(normed: bool, how: How) -> None:
    found, *others = shares("dinov2-small", how, normed), *(shares(name, how) for name in UNTRAINED)
    assert found["shift"] > 0.8
    for task in ("scale", "flip", "rotation"):
        assert found[task] > max(each[task] for each in others), task


def test_position_prevents_matches() -> None:
    """Embeddings also encode positions: without the position component, far more patches of a turned picture are matched."""
    leaking, without = (shares("dinov2-small", how, normed=True) for how in ("as it is", "position"))
    assert leaking["rotation"] < shares("raw-patches", "as it is")["rotation"]
    assert without["rotation"] > 3 * leaking["rotation"] and without["flip"] > leaking["flip"]


@pytest.mark.parametrize(("layer", "head"), [(2, 4), (10, 0)])
def test_the_head_whose_w_q_was_changed_moved_first(layer: int, head: int) -> None:
    model = trained()
    tuned = replace(model, module=copy.deepcopy(model.module))
    width = 64
    with torch.no_grad():
        rows = tuned.module.blocks[layer].attn.qkv.weight[head * width : (head + 1) * width]  # W_q comes first
        rows += 0.3 * rows.std() * torch.randn_like(rows)
    before, after = (each.record(PHOTOS / "cat.jpg", 14, keep_v=False)[0] for each in (model, tuned))
    moved = torch.stack([head_movement(*pair) for pair in zip(before.layers, after.layers, strict=True)])
    assert divmod(int(moved.argmax()), moved.shape[1]) == (layer, head)
    others = moved.clone()
    others[layer, head] = 0
    assert moved.max() > 5 * others.max() and not others[: layer + 1].any(), "what comes before, or beside it, did not move"


def test_grey_and_tiny_pictures_of_other_shapes_give_numbers() -> None:
    pictures = [Image.new("RGB", (280, 140), "grey"), Image.new("RGB", (3, 2), "red"), load_image(PHOTOS / "cat.jpg")]
    pictures = [each.resize(size) for each, size in zip(pictures, [(280, 140), (56, 42), (70, 98)], strict=True)]
    for features in (after_block, partial(queries_of, "raw-patches")):
        recorded = [features(each) for each in pictures]
        for how in ("as it is", "mean", "position"):
            patches = [cleaned(*each, how) for each in recorded]
            for a in patches:
                for b in patches:
                    matches = match(a, b)
                    assert cosine_similarity(a, b).isfinite().all() and matches.ratio.isfinite().all()
        features_of_all = [each[0] for each in recorded]
        parts = principal_components(features_of_all, 8)
        assert torch.cat(parts.scores).isfinite().all() and parts.explained.sum() <= 1 + 1e-6
        assert [len(each) for each in as_colours(parts.scores, foreground(features_of_all))] == [200, 12, 35]
        assert [len(each) for each in segments(features_of_all, 5)] == [200, 12, 35]
        assert all(0 <= cka(each, each) <= 1 + 1e-9 for each in features_of_all)
