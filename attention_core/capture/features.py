"""What a block of a model returned: features of its tokens, as they are, and as the model's own head would see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_core.capture.layer_record import bytes_of

TOLERANCE = 2e-2
"""By which a norm's output may differ from its formula's: half precision rounds, another formula does more."""


@dataclass(frozen=True, eq=False)
class Norm:
    """A layer norm (Ba et al. 2016) or RMS norm (Zhang & Sennrich 2019) over `width` numbers, as it was when it ran.

    weight, bias (width,), or None where it has none.
    """

    path: str
    kind: Literal["layer", "rms"]
    width: int
    eps: float | None
    weight: Tensor | None
    bias: Tensor | None

    def __call__(self, x: Tensor) -> Tensor:
        """x normed along its last axis or, of a map (B, D, rows, cols), its second; computed in float32 or wider.

        Raises ValueError where neither has `width` numbers.
        """
        if (axis := channel_axis(x, self.width)) is None:
            raise ValueError(f"expected {self.width} numbers a token for the norm {self.path}, received {tuple(x.shape)}")
        wide = x.movedim(axis, -1).to(torch.promote_types(x.dtype, torch.float32))
        weight, bias = (None if old is None else old.to(wide) for old in (self.weight, self.bias))
        if self.kind == "layer":
            normed = F.layer_norm(wide, (self.width,), weight, bias, self.eps or 0.0)
        else:
            normed = F.rms_norm(wide, (self.width,), weight, self.eps)
            normed = normed if bias is None else normed + bias
        return normed.to(x.dtype).movedim(-1, axis)

    @property
    def nbytes(self) -> int:
        return bytes_of(self.weight, self.bias)

    def mapped(self, change: Callable[[Tensor], Tensor]) -> Norm:
        """The norm with its tensors changed."""
        weight, bias = (None if old is None else change(old) for old in (self.weight, self.bias))
        return replace(self, weight=weight, bias=bias)


@dataclass(frozen=True, eq=False)
class Features:
    """The residual stream after a block: what the block returned for each of its tokens.

    raw (B, N, D), or as the block returned it: a map (B, rows, cols, D) or (B, D, rows, cols), or windows in the batch.
    path: the block's dotted name. step: in which call of the whole model it ran, from 0.
    norm: what the model's own head would see it through; None where the model has none of this width.
    """

    raw: Tensor
    path: str = ""
    step: int = 0
    norm: Norm | None = None

    def __repr__(self) -> str:
        return f"<Features after {self.path}: {tuple(self.raw.shape)}, {f'norm {self.norm_path}' if self.norm else 'no norm'}>"

    @property
    def normed(self) -> Tensor:
        """`raw` through the norm that the head would see it through, in the same axes; raw itself where there is none."""
        return self.raw if self.norm is None else self.norm(self.raw)

    @property
    def norm_path(self) -> str:
        """The norm's dotted name, "" where there is none."""
        return "" if self.norm is None else self.norm.path

    def mapped(self, change: Callable[[Tensor], Tensor], norm: Norm | None) -> Features:
        """The same with `raw` changed, and with that norm."""
        return replace(self, raw=change(self.raw), norm=norm)

    def under(self, norm: Norm | None) -> Features:
        """The same with that norm, where it has the features' width."""
        fits = norm is not None and channel_axis(self.raw, norm.width) is not None
        return replace(self, norm=norm if fits else None)


def channel_axis(x: Tensor, width: int) -> int | None:
    """Which axis holds a token's `width` numbers: the last, or of a map (B, D, rows, cols) the second; None where neither."""
    if x.shape[-1] == width:
        return -1
    return 1 if x.ndim == 4 and x.shape[1] == width else None


def first_tensor(output: Any) -> Tensor | None:
    """Of what a block returned the first tensor, its tokens; transformers' blocks return a tuple, or a mapping."""
    if isinstance(output, Tensor):
        return output
    parts = list(output.values()) if isinstance(output, dict) else output if isinstance(output, tuple | list) else ()
    return next((part for part in parts if isinstance(part, Tensor)), None)


def norm_of(module: nn.Module, path: str, args: tuple[Any, ...], output: Any) -> Norm | None:
    """The norm that a module is, by what it has just made of its input; None where it computes something else."""
    weight, bias = getattr(module, "weight", None), getattr(module, "bias", None)
    shape: tuple[int, ...] = tuple(getattr(module, "normalized_shape", () if weight is None else weight.shape))
    if len(shape) != 1 or not args or not isinstance(args[0], Tensor) or not isinstance(output, Tensor):
        return None
    kind: Literal["layer", "rms"] = "layer" if isinstance(module, nn.LayerNorm) else "rms"
    eps = getattr(module, "eps", getattr(module, "variance_epsilon", None))
    weight, bias = (None if old is None else old.detach().clone() for old in (weight, bias))
    norm = Norm(path, kind, shape[0], eps, weight, bias)
    return norm if _computes(norm, args[0], output) else None


def _computes(norm: Norm, x: Tensor, output: Tensor) -> bool:
    """On one token."""
    axis = channel_axis(x, norm.width)
    if axis is None or x.shape != output.shape:
        return False
    one, made = (each.detach().movedim(axis, -1).reshape(-1, norm.width)[0].float() for each in (x, output))
    return torch.allclose(norm(one), made, rtol=TOLERANCE, atol=TOLERANCE)
