"""The models Regard can look into, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from attention_core.models.trained import dinov2_small
from attention_core.models.untrained import random_heads, raw_patches
from attention_core.models.vision import VisionModel
from attention_core.models.weights import WeightsError

__all__ = ["ModelInfo", "VisionModel", "WeightsError", "available_models", "load_model"]


@dataclass(frozen=True)
class ModelInfo:
    """A model's name, how it is shown, whether its weights were learned, and whether its patch size may be chosen."""

    name: str
    title: str
    trained: bool
    free_patch_size: bool
    build: Callable[..., VisionModel]


_MODELS = {
    info.name: info
    for info in (
        ModelInfo("dinov2-small", "DINOv2-small", trained=True, free_patch_size=False, build=dinov2_small),
        ModelInfo("random-heads", "Random heads", trained=False, free_patch_size=True, build=random_heads),
        ModelInfo("raw-patches", "Raw patches", trained=False, free_patch_size=True, build=raw_patches),
    )
}


def available_models() -> tuple[ModelInfo, ...]:
    """Every model that `load_model` knows, the default first."""
    return tuple(_MODELS.values())


def load_model(name: str = "dinov2-small", **options: Any) -> VisionModel:
    """Build a model: "dinov2-small", "random-heads" (patch_size, num_heads, head_dim, seed) or "raw-patches" (patch_size).

    Raises ValueError on an unknown name or an option out of range, and WeightsError where trained weights cannot be had.
    """
    if name not in _MODELS:
        raise ValueError(f"unknown model {name!r}; expected one of {', '.join(_MODELS)}")
    return _MODELS[name].build(**options)
