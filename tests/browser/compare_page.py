"""Two real pictures with the features of DINOv2-small in a live page of their own, and torch's own numbers of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from PIL import Image, ImageOps
from torch import Tensor

from attention_core.export.compare_parts import CompareSide, Jointly
from attention_core.export.compare_view import compare_view
from attention_core.models.trained import dinov2_small
from tests.browser.serving import ROOT

PHOTOS = ROOT / "assets/photos"


@dataclass(frozen=True)
class Pair:
    """features: by side and layer what the patches are, as the page has them, (N, D)."""

    left: CompareSide
    right: CompareSide

    def features(self, side: int, layer: int) -> Tensor:
        return (self.left, self.right)[side].features["features"][layer].half().float()

    def units(self, side: int, layer: int) -> Tensor:
        return torch.nn.functional.normalize(self.features(side, layer), dim=1)


@cache
def pair(across: int | None = 24, layers: tuple[int, ...] = (9, 10, 11), square: bool = False) -> Pair:
    return Pair(*(side_of(name, across, layers, square) for name in ("astronaut", "cat")))


def side_of(name: str, across: int | None, layers: tuple[int, ...], square: bool = False) -> CompareSide:
    """square: of the middle of the picture alone."""
    model, kept = dinov2_small(), {}
    blocks = [model.module.blocks[number] for number in layers]
    hooks = [
        block.register_forward_hook(lambda _module, _given, out, number=number: kept.update({number: out}))
        for number, block in zip(layers, blocks, strict=True)
    ]
    picture = Image.open(PHOTOS / f"{name}.jpg").convert("RGB")
    if square:
        picture = ImageOps.fit(picture, (min(picture.size),) * 2)
    record, grid = model.record(picture, across)
    for hook in hooks:
        hook.remove()
    with torch.inference_mode():
        normed = {number: model.module.norm(out)[0, len(model.prefix_tokens) :] for number, out in kept.items()}
    return CompareSide(
        picture=picture,
        grid=grid,
        features={"features": normed},
        layers=[record.layers[number] for number in layers],
        prefix_tokens=model.prefix_tokens,
        title=name.capitalize(),
        model=model.title,
    )


@dataclass(frozen=True)
class Matches:
    forward: Tensor
    similarity: Tensor
    second: Tensor
    backward: Tensor
    backward_similarity: Tensor
    backward_second: Tensor


def matches_of(a: Tensor, b: Tensor) -> Matches:
    cosines = a @ b.T
    ahead, back = cosines.topk(2, dim=1), cosines.T.topk(2, dim=1)
    sides = [(each.indices[:, 0], each.values[:, 0], each.values[:, 1]) for each in (ahead, back)]
    return Matches(*sides[0], *sides[1])


@dataclass(frozen=True)
class Components:
    scores: list[Tensor]
    explained: Tensor


def jointly_of(found: Pair, layer: int, k: int = 4) -> Jointly:
    """Matches, components by singular values, and segments by the nearest of k patches."""
    features = [found.features(side, layer) for side in (0, 1)]
    both = torch.cat(features)
    centred = both - both.mean(0)
    _, sizes, directions = torch.linalg.svd(centred, full_matrices=False)
    scores = centred @ directions[:8].T
    sizes_of = [len(each) for each in features]
    units = torch.nn.functional.normalize(both, dim=1)
    labels = (units @ units[:: len(units) // k][:k].T).argmax(1)
    return Jointly(
        matches=matches_of(found.units(0, layer), found.units(1, layer)),
        components=Components(list(scores.split(sizes_of)), (sizes**2 / (sizes**2).sum())[:8]),
        foreground=[each[:, 0] > 0 for each in scores.split(sizes_of)],
        segments=list(labels.split(sizes_of)),
    )


def write(folder: Path, found: Pair | None = None, **settings: Any) -> Path:
    """The page's file; with everything that can be given."""
    found = found or pair()
    jointly = jointly_of(found, found.left.numbers()[-1])
    view = compare_view(found.left, found.right, jointly=jointly, settings=settings, title="Astronaut and cat")
    return view.save(folder / "compare.html")
