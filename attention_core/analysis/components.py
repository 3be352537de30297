"""The principal components of patches, jointly over pictures: the coloured PCA of the papers, the same at every rerun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import torch
from torch import Tensor

from attention_core.analysis.similarity import require_same_width

Side = Literal["above", "below"]
SIDES: Final = get_args(Side)
PERCENTILES: Final = (0.01, 0.99)
"""Of each component, the scores that become darkest and brightest: single patches beyond do not dim all others."""


@dataclass(frozen=True, eq=False)
class Components:
    """The first `count` principal components of the patches of some pictures, the largest variance first.

    scores: for every picture (N_i, count). explained (count): the share of the variance, 0–1; 0 where there is none to explain.
    directions (count, D), orthonormal, and mean (D): scores are (features − mean) · directionsᵀ. All in float32.
    """

    scores: list[Tensor]
    explained: Tensor
    directions: Tensor
    mean: Tensor


def principal_components(features: Sequence[Tensor], count: int = 8, keep: Sequence[Tensor] | None = None) -> Components:
    """The principal components of all pictures' patches together.

    Of each direction the entry of the largest magnitude is positive, as in scikit-learn, so that a rerun gives the same signs.
    They follow from the D × D covariance in float64: O(ΣN·D² + D³) time.

    Args:
        features: for every picture (N_i, D).
        count: how many components.
        keep: for every picture (N_i) bool, the patches that components and variance are of, such as `foreground`'s; None takes
            all. All patches have scores.

    Raises:
        ValueError: where widths or masks do not fit, `count` is not 1–D, or no patch is kept.
    """
    require_same_width(*features)
    width = features[0].shape[1]
    if not 1 <= count <= width:
        raise ValueError(f"count must be 1–{width}, the width of the features; received {count}")
    kept = _of(features, keep).double()
    mean = kept.mean(0)
    centred = kept - mean
    variances, vectors = torch.linalg.eigh(centred.T @ centred)  # ascending
    variances, directions = variances.flip(0).clamp_min(0), vectors.T.flip(0)[:count]
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    directions = directions * largest.sign()
    total = variances.sum()
    explained = variances[:count] / total.masked_fill(total == 0, 1)
    scores = [((each.double() - mean) @ directions.T).float() for each in features]
    return Components(scores, explained.float(), directions.float(), mean.float())


def foreground(features: Sequence[Tensor], side: Side = "above") -> list[Tensor]:
    """For every picture (N_i) bool: the patches whose first component, jointly over the pictures, is above 0, or below.

    Oquab et al. 2023, "DINOv2" (figures 1 and 9): the first component tells foreground from background, and
    `principal_components` of the foreground alone are then its colours. A sign says nothing, so either side can be it.

    Raises:
        ValueError: as `principal_components` does, or where `side` is none that there is.
    """
    if side not in SIDES:
        raise ValueError(f"side must be above or below, received {side!r}")
    scores = principal_components(features, 1).scores
    return [each[:, 0] > 0 if side == "above" else each[:, 0] < 0 for each in scores]


def as_colours(scores: Sequence[Tensor], masks: Sequence[Tensor] | None = None) -> list[Tensor]:
    """The first three components as red, green and blue: for every picture (N_i, 3) uint8.

    0 and 255 are the PERCENTILES of a component over all pictures' patches, in the masks where there are some; a component
    without any spread is 128. Patches outside the masks are black.

    Raises:
        ValueError: where there are fewer than three components, masks do not fit, or leave no patch.
    """
    require_same_width(*scores)
    if scores[0].shape[1] < 3:
        raise ValueError(f"three colours take three components or more, received {scores[0].shape[1]}")
    kept = _of(scores, masks)[:, :3].double()
    low, high = torch.quantile(kept, kept.new_tensor(PERCENTILES), dim=0)
    flat = high == low
    colours = []
    for number, each in enumerate(scores):
        shares = (each[:, :3].double() - low) / (high - low).masked_fill(flat, 1)
        colour = (255 * shares.clamp(0, 1)).round().masked_fill(flat, 128)
        if masks is not None:
            colour = colour.masked_fill(~masks[number][:, None], 0)
        colours.append(colour.to(torch.uint8))
    return colours


def _of(features: Sequence[Tensor], masks: Sequence[Tensor] | None) -> Tensor:
    """All pictures' patches that are in the masks, one after the other."""
    if masks is None:
        return torch.cat(list(features))
    expected, found = [(len(each),) for each in features], [tuple(mask.shape) for mask in masks]
    if expected != found or any(mask.dtype != torch.bool for mask in masks):
        raise ValueError(f"expected a boolean mask for every picture, of {expected} patches; received {found}")
    kept = torch.cat([each[mask] for each, mask in zip(features, masks, strict=True)])
    if not len(kept):
        raise ValueError("the masks leave no patch; take the other side of the first component, or all patches")
    return kept
