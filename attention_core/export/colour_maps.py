"""Perceptually uniform colour maps, from the tables that the browser uses too (assets/figures/colour_maps.json)."""

from __future__ import annotations

import json
from functools import cache

import torch
from torch import Tensor

from attention_core.export.bundler import text

_TABLES: dict[str, str] = json.loads(text("figures/colour_maps.json"))["maps"]
"""256 colours each, as RRGGBB."""
COLOUR_MAPS = tuple(_TABLES)
SCALES = ("robust", "linear", "log")
ROBUST_QUANTILE = 0.995
LOG_DECADES = 3


@cache
def colour_table(name: str) -> Tensor:
    """The 256 colours of a map, (256, 3) uint8 RGB. Raises ValueError on an unknown name."""
    if name not in COLOUR_MAPS:
        raise ValueError(f"colour map must be one of {', '.join(COLOUR_MAPS)}, received {name!r}")
    return torch.tensor(list(bytes.fromhex(_TABLES[name])), dtype=torch.uint8).view(256, 3)


def colour_domain(weights: Tensor, scale: str) -> tuple[float, float]:
    """The ends of the colour scale: "linear" 0…max, "robust" 0…99.5th percentile, "log" max/10³…max; as in the browser.

    Raises ValueError on an unknown scale.
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, received {scale!r}")
    if scale == "robust":
        return 0.0, float(torch.quantile(weights.flatten().float(), ROBUST_QUANTILE)) or 1e-12
    high = max(float(weights.max()), 1e-12)
    return (high / 10**LOG_DECADES if scale == "log" else 0.0), high


def coloured(weights: Tensor, scale: str = "robust", colour_map: str = "inferno") -> Tensor:
    """Weights of any shape (...) as colours (..., 3) uint8; what lies beyond the ends has the colour of the end."""
    low, high = colour_domain(weights, scale)
    values, ends = weights.float(), torch.tensor([low, high])
    if scale == "log":
        values, ends = values.clamp_min(1e-38).log(), ends.log()
    place = ((values - ends[0]) / (ends[1] - ends[0]) * 255 + 0.5).nan_to_num(0.0).clamp(0, 255).long()
    return colour_table(colour_map)[place]
