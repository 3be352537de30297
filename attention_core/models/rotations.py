"""Queries and keys before rotary positions turned them: what of a score is content, and what is position."""

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
"""How much a norm or a product may differ, for sums in another order."""


@dataclass(frozen=True, eq=False)
class Unrotated:
    """q and k (H, N, d) of one image as they were before a rotation by position; q·k of them is what content alone makes."""

    q: Tensor
    k: Tensor


def unrotated(model: VisionModel, image: ImageSource, grid: PatchGrid, layer: LayerRecord) -> Unrotated | None:
    """What a layer's q and k were before rotary positions (Su et al. 2021, "RoFormer"); None where none turned them.

    A rotation changes no norm, and no product of a query and a key at one place. So q and k before it are looked for among what
    the parts of the attention module return, in one more pass: those whose norms are the recorded ones, head by head and token
    by token, and whose products at each token are the recorded ones too. No name of a part is relied upon.

    Args:
        image, grid: of which `layer` was recorded.
        layer: of one image, with a path.
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
    """Whether the model's first layer turns its q and k by position; found out on the smallest grid of the image."""
    record, grid = model.record(image, model.across_limits[0], keep_v=False, keep_on="cpu")
    return unrotated(model, image, grid, record.layers[0]) is not None


class _Sought:
    """Vectors (H, N, d) with the norms of those that were recorded."""

    def __init__(self, recorded: Tensor) -> None:
        self.recorded = recorded.float()
        self.found: Tensor | None = None
        self._norms = self.recorded.norm(dim=-1)

    def look_at(self, output: Tensor) -> None:
        """Take what a part returned, if it is as sought; the last that is."""
        for each in _by_head(output, *self.recorded.shape):
            candidate = each.to(self.recorded)
            if torch.allclose(candidate.norm(dim=-1), self._norms, rtol=_RELATIVE, atol=1e-5):
                self.found = candidate.clone()


def _by_head(output: Tensor, heads: int, tokens: int, width: int) -> Iterator[Tensor]:
    """The ways in which an output may be vectors (H, N, d): q, k and v may come in one."""
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
    """Where both were found, are not simply the recorded ones, and make the same product at each token."""
    if q.found is None or k.found is None or q.found.shape != k.found.shape:
        return None
    if torch.allclose(q.found, q.recorded, atol=1e-4) and torch.allclose(k.found, k.recorded, atol=1e-4):
        return None
    products = [(one * other).sum(-1) for one, other in ((q.found, k.found), (q.recorded, k.recorded))]
    size = (q.recorded.norm(dim=-1) * k.recorded.norm(dim=-1)).clamp_min(1e-6)
    return Unrotated(q.found, k.found) if ((products[0] - products[1]).abs() / size).max() < _RELATIVE else None
