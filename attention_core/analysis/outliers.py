"""Tokens whose norm sticks out of their layer: patches that a model uses as registers (Darcet et al. 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from attention_core.images.patch_grid import PatchGrid

OUTLYING_TIMES: Final = 3.0
OUTLYING_DEVIATIONS: Final = 8.0
_NORMAL: Final = 1.4826
"""Times the median absolute deviation it is the standard deviation of a normal distribution."""


@dataclass(frozen=True)
class NormOutlier:
    """A patch whose `norm` is `times` that of the median patch."""

    row: int
    col: int
    norm: float
    times: float


def norm_threshold(norms: Tensor) -> float:
    """Beyond which norm (N patches) one sticks out; see `outlying_norms`. Raises ValueError without norms."""
    if norms.ndim != 1 or not norms.numel():
        raise ValueError(f"expected the norms of one layer's patches, received {tuple(norms.shape)}")
    norms = norms.double()
    median = norms.median()
    deviation = _NORMAL * (norms - median).abs().median()
    return float(torch.maximum(OUTLYING_TIMES * median, median + OUTLYING_DEVIATIONS * deviation))


def outlying_norms(norms: Tensor, grid: PatchGrid, num_prefix: int = 0) -> list[NormOutlier]:
    """The patches with far larger norms than the others of their layer, the largest first; most layers have none.

    Darcet et al. 2024, "Vision Transformers Need Registers", section 2: some patches of uniform background get a norm about ten
    times that of the others, and hold global instead of local information. They cut the two modes of the distribution by eye
    (at 150 in DINOv2-g). Here the cut is robust: OUTLYING_TIMES the median, and OUTLYING_DEVIATIONS standard deviations beyond
    it, as the median absolute deviation estimates them. Neither number moves with the outliers themselves, unless they are
    half of all patches; both numbers are ours. Patches of DINOv2-small stay below 2.1 times the median.

    Args:
        norms: (prefix + patches), of the residual stream after a block; see `record.blocks`.
        grid: of the patches.
        num_prefix: the tokens before the first patch; CLS and registers may have any norm.

    Raises:
        ValueError: where there are not as many norms as tokens.
    """
    tokens = num_prefix + grid.num_patches
    if tuple(norms.shape) != (tokens,):
        raise ValueError(f"expected {tokens} norms for {grid} after {num_prefix} prefix tokens, received {tuple(norms.shape)}")
    patches = norms[num_prefix:].double()
    threshold, median = norm_threshold(patches), patches.median()
    found = [
        NormOutlier(*grid.position(patch), float(patches[patch]), float(patches[patch] / median))
        for patch in (patches > threshold).nonzero()[:, 0].tolist()
    ]
    return sorted(found, key=lambda outlier: -outlier.norm)
