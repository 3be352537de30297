"""Perceptually uniform colour maps, from the tables that the browser uses too (assets/figures/colour_maps.json)."""

from __future__ import annotations

import json
from functools import cache

import torch
from torch import Tensor

from attention_core.export.bundler import text
from attention_core.export.view_settings import DEFAULT_VIEW

_TABLES: dict[str, str] = json.loads(text("figures/colour_maps.json"))["maps"]
"""256 colours each, as RRGGBB."""
COLOUR_MAPS = tuple(_TABLES)
SCALES = ("balanced", "robust", "linear", "log")
ROBUST_QUANTILE = 0.995
SHARE_ABOVE = 0.1
"""The largest share of all weight that may lie above the end of the balanced scale."""
LOG_DECADES = 3


@cache
def colour_table(name: str) -> Tensor:
    """The 256 colours of a map, (256, 3) uint8 RGB. Raises ValueError on an unknown name."""
    if name not in COLOUR_MAPS:
        raise ValueError(f"colour map must be one of {', '.join(COLOUR_MAPS)}, received {name!r}")
    return torch.tensor(list(bytes.fromhex(_TABLES[name])), dtype=torch.uint8).view(256, 3)


def colour_domain(weights: Tensor, scale: str) -> tuple[float, float]:
    """Return the ends of the colour scale, as the browser does.

    "linear" ends at the maximum, "robust" at the 99.5th percentile, "log" goes from max/10³ to max. "balanced" ends where
    "robust" does, or higher: values above the end hold at most a tenth of the sum.

    Raises ValueError for an unknown scale.
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, received {scale!r}")
    if scale in ("robust", "balanced"):
        values = weights.flatten().float()
        robust = float(torch.quantile(values, ROBUST_QUANTILE))
        return 0.0, (_balanced_end(values, robust) if scale == "balanced" else robust) or 1e-12
    high = max(float(weights.max()), 1e-12)
    return (high / 10**LOG_DECADES if scale == "log" else 0.0), high


def _balanced_end(values: Tensor, robust: float) -> float:
    """Return the lowest end from `robust` on above which at most SHARE_ABOVE of the sum lies."""
    highest = values[values > robust].double().sort(descending=True).values
    too_many = highest.cumsum(0) > SHARE_ABOVE * values.double().sum()
    return float(highest[too_many][0]) if too_many.any() else robust


def coloured(weights: Tensor, scale: str = DEFAULT_VIEW.scale, colour_map: str = "inferno") -> Tensor:
    """Weights of any shape (...) as colours (..., 3) uint8; what lies beyond the ends has the colour of the end."""
    low, high = colour_domain(weights, scale)
    values, ends = weights.float(), torch.tensor([low, high])
    if scale == "log":
        values, ends = values.clamp_min(1e-38).log(), ends.log()
    place = ((values - ends[0]) / (ends[1] - ends[0]) * 255 + 0.5).nan_to_num(0.0).clamp(0, 255).long()
    return colour_table(colour_map)[place]
