"""Running over many rows of a layer's weights: in blocks of queries, so that only a few are held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord

BLOCK_ELEMENTS: Final = 1 << 21
"""Weights held at one time: 8 MiB. Less is no faster, and where others use the processor too, threads wait at each step."""
BLOCK_ROWS: Final = 8
"""At least so many queries at one time, or reading the keys would take longer than using them."""


def blocks(queries: Tensor, layer: LayerRecord) -> Iterator[Tensor]:
    """Query indices (n,) in runs of about BLOCK_ELEMENTS weights, of all heads and images together."""
    rows = max(BLOCK_ROWS, BLOCK_ELEMENTS // (layer.q.shape[0] * layer.num_heads * layer.num_keys))
    return iter(torch.split(queries, rows))


def with_dense_keys(layer: LayerRecord) -> LayerRecord:
    """The layer with its keys in the order and precision that scores need: copied once, and not for each block."""
    keys = layer.k.to(torch.promote_types(layer.k.dtype, torch.float32)).transpose(-2, -1).contiguous()
    return replace(layer, k=keys.transpose(-2, -1))
