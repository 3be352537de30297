"""The models by name: what is known of each before it is loaded, and how it is loaded."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import torch

from attention_core.models.loading import CARDS_BY_NAME, load_by_name
from attention_core.models.placement import find_device, find_dtype
from attention_core.models.registry import CARDS, ModelCard
from attention_core.models.trained import dinov2_small
from attention_core.models.untrained import random_heads, raw_patches
from attention_core.models.vision_model import VisionModel


@dataclass(frozen=True)
class ModelInfo:
    """A model that can be loaded.

    title: its name on the screen. trained: whether its weights were learned. free_patch_size: whether its patch size may be
    chosen. card: None for a name that was typed in.
    """

    name: str
    title: str
    trained: bool
    free_patch_size: bool
    build: Callable[..., VisionModel]
    card: ModelCard | None = None


_OWN: Final[dict[str, Callable[..., VisionModel]]] = {
    "dinov2-small": dinov2_small,
    "random-heads": random_heads,
    "raw-patches": raw_patches,
}
"""Builders of the models that need no hub; the registry has the card of each."""


def available_models() -> tuple[ModelInfo, ...]:
    """Return the models that need no hub, the default first."""
    return tuple(map(model_info, _OWN))


def registered_models() -> tuple[ModelInfo, ...]:
    """Return every model with a card, in the order of the registry: those that need no hub first."""
    return tuple(model_info(card.name) for card in CARDS)


def model_info(name: str) -> ModelInfo:
    """Return what is known of any name before anything is loaded; only loading shows whether the model exists."""
    card, build = CARDS_BY_NAME.get(name), _OWN.get(name) or partial(load_by_name, name)
    title, trained = (card.title, card.trained) if card else (name, True)
    return ModelInfo(name, title, trained, free_patch_size=not trained, build=build, card=card)


def load_model(
    name: str = "dinov2-small",
    *,
    device: str | torch.device = "auto",
    dtype: str | torch.dtype = "float32",
    **options: Any,
) -> VisionModel:
    """Return a loaded model, by a registered name or by any that `loading.load_by_name` takes.

    Args:
        name: one of `registered_models`, any of timm's, "hf-hub:owner/name" for a timm model on the hub, "owner/name" for one
            of transformers.
        device: "auto", "cpu", "cuda" or "mps"; "auto" takes the first of CUDA, MPS and the CPU that this machine has.
        dtype: "float32", "float16" or "bfloat16", or torch's own.
        options: patch_size and stride for "dinov2-small"; patch_size, num_heads, head_dim and seed for "random-heads";
            patch_size for "raw-patches"; patch_size, stride, checkpoint, progress and cancel for all others.

    Raises:
        ValueError: for an unknown name, an absent device, or an option that the model does not have or that is out of range.
        WeightsError: if trained weights cannot be had.
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
