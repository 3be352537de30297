"""A survey of a model with a blank picture: its grid of patches, and whether all layers attend over all of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from attention_core.models.placement import placement_of
from attention_core.models.weights import WeightsError
from attention_core.recording.recorder import record_attention
from attention_core.tokens.layouts import finest_side


@dataclass(frozen=True)
class Survey:
    """side: patches along one side of a square picture of `size` pixels. plain: every layer's keys are prefix and patches.

    num_layers: attention calls over tokens.
    """

    size: int
    side: int
    plain: bool
    num_layers: int

    @property
    def patch_size(self) -> int:
        """The step from patch to patch, in pixels."""
        return self.size // self.side


def survey(module: nn.Module, size: int, num_prefix: int, title: str) -> Survey:
    """Return a survey of the module, run on a blank picture of size × size pixels.

    Raises WeightsError if it cannot be run, no attention is seen, or none of it lies on a square grid.
    """
    device, dtype = placement_of(module)
    try:
        with torch.inference_mode(), record_attention(keep_v=False) as record:
            module(torch.zeros(1, 3, size, size, device=device, dtype=dtype))
    except Exception as error:
        what = f"{size} × {size} px ({type(error).__name__})"
        raise WeightsError(f"{title} cannot be run on a picture of {what}; choose another model.") from error
    over_channels = any(unseen.over_channels for unseen in record.unseen)
    if not record.layers:
        kind = ", only over channels" if over_channels else ""
        raise WeightsError(f"{title} has no attention over tokens{kind}; choose a Vision Transformer.")
    side = finest_side(record.layers, size, num_prefix)
    if side is None:
        raise WeightsError(f"{title} attends over no square grid of patches; choose a Vision Transformer that does.")
    tokens = side**2 + num_prefix
    whole = [layer for layer in record.layers if layer.q.shape[0] == 1 and layer.num_keys == tokens]
    plain = len(whole) == len(record.layers) and any(layer.num_queries == tokens for layer in whole)
    return Survey(size, side, plain and not over_channels, len(record.layers))
