"""Head measures over batches, compared with a plain loop over hooks and with `record`, one picture at a time."""

from __future__ import annotations

import copy
import gc
import math
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from attention_core import VisionModel, load_model
from attention_core.analysis import head_statistics
from attention_core.atlas import MeanPatterns, mean_patterns, measure, measuring
from attention_core.atlas.columns import NAMES
from attention_core.images.decoding import load_image
from attention_core.images.image_error import ImageError
from tests.atlas.models import of_timm, picture, swin, vit

PHOTOS = Path(__file__).resolve().parents[2] / "assets/photos"
PICTURES = [(f"{n}", picture(n, *((64, 40) if n % 3 == 0 else (48, 48)))) for n in range(7)]


def rows(model: VisionModel, pictures: Any = PICTURES, **options: Any) -> dict[tuple[str, int, int], dict[str, Any]]:
    tables = list(measure(pictures, model, **options))
    lines = [line for table in tables for line in table.to_pylist()]
    found = {(line["picture"], line["layer"], line["head"]): line for line in lines}
    assert len(found) == len(lines), "no picture, layer and head twice"
    return found


class Loop:
    """Measures of one picture by hooks on a timm ViT, with sums over single queries and keys in float64."""

    def __init__(self, model: VisionModel, image: Any, across: int) -> None:
        self.model, self.grid = model, model.grid_for(image, across)
        self.prefix = len(model.prefix_tokens)
        seen: list[Tensor] = []
        hooks = [block.attn.qkv.register_forward_hook(lambda _m, _i, out: seen.append(out[0])) for block in model.module.blocks]
        with torch.inference_mode():
            model.module(model.preprocess(image, self.grid))
        for hook in hooks:
            hook.remove()
        self.layers = [self.of_layer(layer, out.double()) for layer, out in enumerate(seen)]

    def of_layer(self, layer: int, qkv: Tensor) -> list[dict[str, Any]]:
        attn = self.model.module.blocks[layer].attn
        heads, width = attn.num_heads, attn.head_dim
        q, k, v = qkv.reshape(-1, 3, heads, width).permute(1, 2, 0, 3)
        found = []
        for head in range(heads):
            weights = torch.stack([self.softmax(one @ k[head].T / math.sqrt(width)) for one in q[head]])
            w_0 = attn.proj.weight.double()[:, head * width : (head + 1) * width]
            written = [torch.linalg.vector_norm(w_0 @ (row @ v[head])) for row in weights]
            found.append({"weights": weights, "contribution": float(sum(written)) / len(written), **self.numbers(weights)})
        return found

    @staticmethod
    def softmax(scores: Tensor) -> Tensor:
        e = (scores - scores.max()).exp()
        return e / e.sum()

    def numbers(self, weights: Tensor) -> dict[str, float]:
        entropies = [-sum(float(w) * math.log2(float(w)) for w in row if w > 0) for row in weights]
        apart, shares = [], []
        for query, row in enumerate(weights[self.prefix :]):
            here = divmod(query, self.grid.cols)
            on = row[self.prefix :]
            far = [math.dist(here, divmod(key, self.grid.cols)) for key in range(len(on))]
            apart.append(sum(float(w) * d for w, d in zip(on, far, strict=True)) / float(on.sum()))
            shares.append(float(row[: self.prefix].sum()))
        means = (sum(each) / len(each) for each in (entropies, apart, shares))
        return dict(zip(("entropy", "mean_distance", "prefix_share"), means, strict=True))

    def cells(self, weights: Tensor) -> np.ndarray[Any, Any]:
        """Return the pattern on prefix tokens and 8 × 8 cells.

        A patch side is cut into small parts, and each part goes to its cell.
        """
        rows, cols, prefix = self.grid.rows, self.grid.cols, self.prefix
        share = np.zeros((prefix + 64, prefix + rows * cols))
        share[range(prefix), range(prefix)] = 1
        steps = 8 * 30  # divides evenly into cells, and for the sizes below, parts of a patch end at the ends of cells
        for row in range(rows):
            for col in range(cols):
                for y in range(steps):
                    down = int(8 * (row + (y + 0.5) / steps) / rows)
                    for cell, part in self.aside(col, cols, steps).items():
                        share[prefix + 8 * down + cell, prefix + row * cols + col] += part / steps
        pooled = (share / share.sum(1, keepdims=True)) @ weights.numpy() @ share.T
        return np.asarray(pooled)

    @staticmethod
    def aside(col: int, cols: int, steps: int) -> dict[int, float]:
        parts: dict[int, float] = {}
        for x in range(steps):
            cell = int(8 * (col + (x + 0.5) / steps) / cols)
            parts[cell] = parts.get(cell, 0.0) + 1 / steps
        return parts


def divergence(p: Any, q: Any) -> float:
    """Return the Jensen–Shannon divergence in bits."""
    middle = (p + q) / 2
    apart = (sum(a * math.log2(a / m) for a, m in zip(one, middle, strict=True) if a > 0) for one in (p, q))
    return sum(apart) / 2


@pytest.mark.parametrize("class_token", [True, False])
def test_measures_equal_a_plain_loop(class_token: bool) -> None:
    model = vit(class_token)
    for name, image in PICTURES[:4]:
        found = rows(model, [(name, image)], across=6)
        for layer, heads in enumerate(Loop(model, image, 6).layers):
            for head, expected in enumerate(heads):
                line = found[name, layer, head]
                for number in ("entropy", "mean_distance", "prefix_share", "contribution"):
                    assert line[number] == pytest.approx(expected[number], abs=1e-5, rel=1e-5), (layer, head, number)


def test_similarity_is_1_minus_the_divergence_from_the_mean_pattern() -> None:
    model, across = vit(), 6
    means = mean_patterns(PICTURES, model, across=across)
    found = rows(model, across=across, means=means)
    loops = {name: Loop(model, image, across) for name, image in PICTURES}
    for layer, head in ((0, 0), (2, 1)):
        patterns = {name: loop.cells(loop.layers[layer][head]["weights"]) for name, loop in loops.items()}
        mean = sum(patterns.values()) / len(patterns)
        for name, pattern in patterns.items():
            expected = 1 - sum(divergence(row, other) for row, other in zip(pattern, mean, strict=True)) / len(mean)
            assert found[name, layer, head]["similarity"] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("across", [6, 8, 16])
def test_rows_of_cells_sum_to_one_on_any_grid(across: int) -> None:
    means = mean_patterns(PICTURES, vit(), across=across)
    assert set(means.layers) == {0, 1, 2}
    for pattern in means.layers.values():
        assert pattern.shape == (3, 65, 65)
        assert torch.allclose(pattern.sum(-1), torch.ones(3, 65), atol=1e-5)


def test_a_picture_equal_to_the_mean_has_similarity_1() -> None:
    means = mean_patterns(PICTURES[:1], vit(), across=8)
    for line in rows(vit(), PICTURES[:1], across=8, means=means).values():
        assert line["similarity"] == pytest.approx(1, abs=1e-6)


def test_patterns_without_a_key_in_common_have_no_similarity() -> None:
    p, q = torch.zeros(2, 1, 1, 65, 65)
    p[..., 0], q[..., 1] = 1, 1
    assert MeanPatterns({0: p[0]}).similarity(0, q) == pytest.approx(0, abs=1e-6)


MODELS = {
    "CLS": lambda: vit(),
    "no CLS": lambda: vit(False),
    "windows": lambda: swin(),
    "explicit softmax": lambda: load_model("random-heads", patch_size=8),
    "one query at the end": lambda: of_timm("vit_base_patch16_siglip_224", img_size=64, embed_dim=24, num_heads=4, depth=2),
}


@pytest.mark.parametrize("kind", MODELS)
def test_rows_are_those_of_record_one_picture_at_a_time(kind: str) -> None:
    model = MODELS[kind]()
    across = None if model.fixed_grid else 6
    for batch_size, pictures in ((1, PICTURES), (4, PICTURES), (4, PICTURES[::-1])):
        found = rows(model, pictures, across=across, batch_size=batch_size)
        for name, image in PICTURES:
            record, grid = model.record(image, across, blocks=True)
            for layer, (statistics, written) in enumerate(zip(record.statistics(), record.contributions(), strict=True)):
                for head in range(record.layers[layer].num_heads):
                    line = found.pop((name, layer, head))
                    expected = {
                        "entropy": statistics.entropy[:, head].mean(),
                        "mean_distance": None if statistics.mean_distance is None else statistics.mean_distance[0, head],
                        "prefix_share": statistics.prefix_share[:, head].mean(),
                        "contribution": None if written is None else written[:, head].mean(),
                        "similarity": None,
                    }
                    for number in NAMES:
                        value = None if expected[number] is None else pytest.approx(float(expected[number]), rel=1e-6, abs=1e-6)
                        assert line[number] == value, (name, layer, head, number)
                    assert (line["rows"], line["cols"]) == (grid.rows, grid.cols)
        assert not found


def test_the_map_of_cls_is_its_row_on_the_patches() -> None:
    found = rows(vit(), across=6, cls_map=True)
    for name, image in PICTURES[:2]:
        record, _ = vit().record(image, 6)
        for layer in record.layers:
            for head in range(3):
                expected = layer.rows([0])[0, head, 0, 1:]
                assert found[name, layer.index, head]["cls_map"] == pytest.approx(expected.tolist(), abs=1e-6)


@pytest.mark.nightly
@pytest.mark.parametrize("number", ["entropy", "mean_distance", "prefix_share"])
def test_measures_of_a_trained_model_are_as_near_to_64_bits_as_record(number: str) -> None:
    """The job makes the model attend with the weights that it measures. torch's fused attention rounds them differently."""
    model = load_model("dinov2-small")
    wide = replace(model, module=copy.deepcopy(model.module).double())
    for path in sorted(PHOTOS.glob("*.jpg")):
        image = load_image(path)
        found = rows(model, [("it", image)], across=16)
        own, true = (each.record(image, 16)[0].statistics() for each in (model, wide))
        of_job = torch.tensor([[found["it", layer, head][number] for head in range(6)] for layer in range(len(own))])
        of_record, truth = (torch.stack([getattr(layer, number)[0] for layer in each]) for each in (own, true))
        assert (of_job - truth).abs().max() <= 2 * (of_record - truth).abs().max()


def test_without_a_cls_there_is_no_map_of_it() -> None:
    assert {line["cls_map"] for line in rows(vit(False), across=6, cls_map=True).values()} == {None}


def test_an_unreadable_picture_is_reported_or_raised() -> None:
    told: list[tuple[str, str]] = []
    pictures = [PICTURES[0], ("bad", b"no picture"), PICTURES[1]]
    found = rows(vit(), pictures, across=6, on_failure=lambda *each: told.append(each))
    assert {name for name, _, _ in found} == {"0", "1"} and [name for name, _ in told] == ["bad"]
    with pytest.raises(ImageError, match=r"^bad: This is not an image"):
        list(measure(pictures, vit(), across=6))
    with pytest.raises(ValueError, match=r"no picture that can be read\. bad: This is not an image"):
        mean_patterns(pictures[1:2], vit())


def test_layers_of_a_batch_are_released_before_the_next() -> None:
    """A pass leaves only numbers behind. Layers would take hundreds of megabytes."""
    alive: list[Any] = []
    most = 0

    def watched(layer: Any, *more: Any) -> Any:
        nonlocal most
        alive.append(weakref.ref(layer))
        gc.collect()
        most = max(most, sum(each() is not None for each in alive))
        return head_statistics.layer_statistics(layer, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measuring, "layer_statistics", watched)
        assert rows(vit(), across=6, batch_size=4)
    assert len(alive) >= 6 and most <= 2


def test_names_are_paths_or_numbers(tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    PICTURES[1][1].save(path)
    assert {name for name, _, _ in rows(vit(), [path, PICTURES[1][1], np.asarray(PICTURES[2][1])], across=6)} == {
        str(path),
        "1",
        "2",
    }
