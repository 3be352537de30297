"""Queries and keys before rotary positions turned them, which separate the content in a score from the position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn

from attention_core.capture.layer_record import LayerRecord
from attention_core.images.decoding import ImageSource
from attention_core.images.patch_grid import PatchGrid
from attention_core.models.vision_model import VisionModel

_RELATIVE: Final = 2e-3
"""Tolerance of norms and products, which other code sums in another order."""


@dataclass(frozen=True, eq=False)
class Unrotated:
    """q and k (H, N, d) of one image before the rotation by position; their q·k depends on content alone."""

    q: Tensor
    k: Tensor


def unrotated(model: VisionModel, image: ImageSource, grid: PatchGrid, layer: LayerRecord) -> Unrotated | None:
    """Return a layer's q and k before rotary positions (Su et al. 2021, "RoFormer"); None if nothing turned them.

    A rotation changes no norm, and no product of a query and a key of one token. One more pass looks for q and k among the
    outputs of the parts of the attention module: norms, per head and token, and products at each token must be the recorded
    ones. The names of parts do not matter.

    Args:
        image, grid: those that `layer` was recorded with.
        layer: the record of one image, with a path.
    """
    attention = dict(model.module.named_modules()).get(layer.path)
    if attention is None or layer.softmaxed is not None or layer.q.shape[0] != 1 or layer.num_queries != layer.num_keys:
        return None
    q, k = _Sought(layer.q[0]), _Sought(layer.k[0])

    def look(_part: nn.Module, _inputs: Any, output: Any) -> None:
        if isinstance(output, Tensor):
            q.look_at(output)
            k.look_at(output)

    hooks = [part.register_forward_hook(look) for part in attention.modules() if part is not attention]
    try:
        with torch.inference_mode():
            model.module(model.preprocess(image, grid))
    finally:
        for hook in hooks:
            hook.remove()
    return _confirmed(q, k)


def rotates(model: VisionModel, image: ImageSource) -> bool:
    """True if the model's first layer turns q and k by position; tried on the smallest grid of the image."""
    record, grid = model.record(image, model.across_limits[0], keep_v=False, keep_on="cpu")
    return unrotated(model, image, grid, record.layers[0]) is not None


class _Sought:
    """Looks for vectors (H, N, d) with the norms of the recorded ones."""

    def __init__(self, recorded: Tensor) -> None:
        self.recorded = recorded.float()
        self.found: Tensor | None = None
        self._norms = self.recorded.norm(dim=-1)

    def look_at(self, output: Tensor) -> None:
        """Take the output of a part if it fits; the last one that fits stays."""
        for each in _by_head(output, *self.recorded.shape):
            candidate = each.to(self.recorded)
            if torch.allclose(candidate.norm(dim=-1), self._norms, rtol=_RELATIVE, atol=1e-5):
                self.found = candidate.clone()


def _by_head(output: Tensor, heads: int, tokens: int, width: int) -> Iterator[Tensor]:
    """Yield the ways to read an output as vectors (H, N, d); it may hold q, k and v."""
    if output.shape[0] != 1:
        return
    if tuple(output.shape[1:]) == (heads, tokens, width):
        yield output[0]
    elif tuple(output.shape[1:]) == (tokens, heads, width):
        yield output[0].transpose(0, 1)
    elif output.ndim == 3 and output.shape[1] == tokens and output.shape[2] % (heads * width) == 0:
        for part in output[0].chunk(output.shape[2] // (heads * width), -1):
            yield part.reshape(tokens, heads, width).transpose(0, 1)


def _confirmed(q: _Sought, k: _Sought) -> Unrotated | None:
    """Return both if they were found, differ from the recorded ones, and have the same product at each token."""
    if q.found is None or k.found is None or q.found.shape != k.found.shape:
        return None
    if torch.allclose(q.found, q.recorded, atol=1e-4) and torch.allclose(k.found, k.recorded, atol=1e-4):
        return None
    products = [(one * other).sum(-1) for one, other in ((q.found, k.found), (q.recorded, k.recorded))]
    size = (q.recorded.norm(dim=-1) * k.recorded.norm(dim=-1)).clamp_min(1e-6)
    return Unrotated(q.found, k.found) if ((products[0] - products[1]).abs() / size).max() < _RELATIVE else None
