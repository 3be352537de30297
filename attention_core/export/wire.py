"""A layer's queries and keys in 16 bits a number, for the way to the browser, wherever no weight shows the rounding."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.capture.workspace import Workspace

LARGEST_ERROR: Final = 0.01
"""Relative, of any weight, at LOWEST_TEMPERATURE and above; at half that temperature twice as much, and so on."""
LOWEST_TEMPERATURE: Final = 0.2
_STEPS: Final = 32767


@dataclass(frozen=True, eq=False)
class OnWire:
    """Numbers (H, N, d): int16, in multiples of `step` (H, 1, d), or float32 as they are, and then step is None."""

    numbers: Tensor
    step: Tensor | None = None

    @property
    def values(self) -> Tensor:
        """What is computed with where it arrives, (H, N, d) float32."""
        return self.numbers if self.step is None else self.numbers * self.step


@dataclass(frozen=True, eq=False)
class WireLayer:
    """A layer as it is sent; its keys are those of `with_centred_keys`.

    k: None where it is q itself. logsumexp (H, N) float32: of each query's scores, unrounded, at temperature 1.
    error: the most by which 16 bits move the logarithm of a weight at temperature 1, in a row or a column; at temperature T it
    is error / T. Where that is too much the layer is in float32.
    """

    q: OnWire
    k: OnWire | None
    logsumexp: Tensor
    error: float


def with_centred_keys(layer: LayerRecord) -> LayerRecord:
    """The layer with each head's keys less their mean over the tokens; keys that are the queries stay as they are.

    That lowers all scores of a query by the same number: its weights stay, and its logsumexp is as much lower. Keys have much
    in common (in layer 3 of DINOv2-small scores reach 313 with it and 31 without), and smaller numbers are rounded less.
    """
    if layer.k is layer.q:
        return layer
    keys = layer.k.to(torch.promote_types(layer.k.dtype, torch.float32))
    return replace(layer, k=keys - keys.mean(-2, keepdim=True), _logsumexp=None)


def wire_layer(layer: LayerRecord) -> WireLayer:
    """The layer of one image as it is sent; O(N²·d) time, and no N × N matrix.

    A channel of a head is cut into 65,535 even steps. float16 has as many bits but spends most of them on numbers near 0: its
    errors are ten times as large, too large in five of the twelve layers of DINOv2-small.

    Raises ValueError where a row does not follow from q and k alone, with several images, or other queries than keys.
    """
    if not layer.follows_from_qk or layer.num_queries != layer.num_keys or layer.q.shape[0] != 1:
        raise ValueError(
            f"expected a layer of one image, with as many queries as keys and no mask, received {layer!r}; "
            "take rows([...]), which have no such limit"
        )
    layer = with_centred_keys(layer)
    q, k = layer.q[0].float(), layer.k_of_heads[0].float()
    shared = layer.k is layer.q
    small_q = _in_steps(q)
    small_k = small_q if shared else _in_steps(k)
    logsumexp, error = _measured(layer, small_q.values, small_k.values)
    if not error <= LOWEST_TEMPERATURE * math.log1p(LARGEST_ERROR):  # NaN, too, is no small error
        small_q, small_k = OnWire(q), OnWire(k)
    return WireLayer(small_q, None if shared else small_k, logsumexp, error)


def _in_steps(values: Tensor) -> OnWire:
    """The largest number of a channel takes all steps; in a channel of zeros any step would do."""
    step = values.abs().amax(-2, keepdim=True) / _STEPS
    step = torch.where(step > torch.finfo(step.dtype).tiny, step, 1.0)
    return OnWire((values / step).round().to(torch.int16), step)


@torch.no_grad()
def _measured(layer: LayerRecord, q: Tensor, k: Tensor) -> tuple[Tensor, float]:
    """logsumexp (H, N) of the layer's scores, and by how much its weights' logarithms move with these q and k (H, N, d).

    In a column a logarithm moves as its score does, for the logsumexp stays. In a row, which is made to sum to 1 again, it
    moves by what its score moves less a mean of what all scores of the row move: by no more than these differ.
    """
    layer, keys, workspace = layer.with_dense_keys(), k.transpose(-2, -1).contiguous(), Workspace()
    sums, errors = [], []
    for queries in layer.query_slices():
        scores = layer.scores(queries, workspace=workspace)[0].float()  # (H, n, N)
        moved = workspace.empty("moved", scores)
        torch.baddbmm(scores, q[:, queries], keys, beta=-1, alpha=layer.scale, out=moved)
        least, most = moved.amin(-1), moved.amax(-1)  # aminmax takes twenty times as long
        errors += [(most - least).amax(), most.amax(), -least.amin()]
        peak = scores.amax(-1, keepdim=True)
        sums.append(scores.sub_(peak).exp_().sum(-1).log_().add_(peak[..., 0]))  # torch.logsumexp, where the scores lie
    return torch.cat(sums, -1), float(torch.stack(errors).amax())
