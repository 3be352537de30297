"""The models Regard can look into: what is known of each by its name, and the one way to load it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from attention_core.models.loading import CARDS_BY_NAME, load_by_name
from attention_core.models.placement import find_device, find_dtype
from attention_core.models.registry import CARDS, ModelCard
from attention_core.models.trained import dinov2_small
from attention_core.models.untrained import random_heads, raw_patches
from attention_core.models.vision_model import VisionModel


@dataclass(frozen=True)
class ModelInfo:
    """A model's name, how it is shown, whether its weights were learned, and whether its patch size may be chosen.

    card: what else is known of it before it is loaded; None for a name that was typed in.
    """

    name: str
    title: str
    trained: bool
    free_patch_size: bool
    build: Callable[..., VisionModel]
    card: ModelCard | None = None


def _own(name: str, trained: bool, build: Callable[..., VisionModel]) -> ModelInfo:
    card = CARDS_BY_NAME[name]
    return ModelInfo(name, card.title, trained, free_patch_size=not trained, build=build, card=card)


_OWN = {
    info.name: info
    for info in (
        _own("dinov2-small", True, dinov2_small),
        _own("random-heads", False, random_heads),
        _own("raw-patches", False, raw_patches),
    )
}


def available_models() -> tuple[ModelInfo, ...]:
    """The models that need no hub, the default first."""
    return tuple(_OWN.values())


def registered_models() -> tuple[ModelInfo, ...]:
    """Every model with a short name, each with its card: those that need no hub first, then those that come from it."""
    return tuple(model_info(card.name) for card in CARDS)


def model_info(name: str) -> ModelInfo:
    """What is known of a name before anything is loaded: of any name, for only loading shows whether it exists."""
    if name in _OWN:
        return _OWN[name]
    card = CARDS_BY_NAME.get(name)
    title = card.title if card else name
    return ModelInfo(name, title, trained=True, free_patch_size=False, build=partial(load_by_name, name), card=card)


def load_model(
    name: str = "dinov2-small",
    *,
    device: str | torch.device = "auto",
    dtype: str | torch.dtype = "float32",
    **options: Any,
) -> VisionModel:
    """Build a model, by a registered name or by any that `loading.load_by_name` takes.

    Args:
        name: one of `registered_models`, any of timm's, "hf-hub:owner/name" for a timm model on the hub, "owner/name" for one
            of transformers.
        device: where it runs, "auto", "cpu", "cuda" or "mps"; "auto" takes the first of CUDA, MPS and the CPU that is there.
        dtype: in which precision it runs, "float32", "float16" or "bfloat16", or torch's own.
        options: of "dinov2-small" patch_size and stride, of "random-heads" patch_size, num_heads, head_dim and seed, of
            "raw-patches" patch_size; of all others patch_size, stride, checkpoint, progress and cancel.

    Raises:
        ValueError: on an unknown name, a device that is not there, or an option that the model does not have or that is out
            of range.
        WeightsError: where trained weights cannot be had.
    """
    if not isinstance(name, str):
        raise ValueError(f"a model is loaded by its name, such as 'dinov2-small', received {name!r}")
    build = model_info(name).build
    known = list(inspect.signature(build).parameters)
    if unknown := [option for option in options if option not in known]:
        raise ValueError(f"{name} takes the options {', '.join([*known, 'device', 'dtype'])}, received {unknown[0]}")
    place = find_device(device), find_dtype(dtype)
    model = build(**options)
    model.module.to(*place)
    return model
