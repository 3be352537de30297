"""How what the heads of an attention call return gets into the residual stream: through W_0, and a layer scale if any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import torch
from torch import Tensor

from attention_core.capture.layer_record import bytes_of

_BELOW_ROUNDING: Final = 1e-14
"""Of a squared norm: 1e-7 of the norm."""


@dataclass(frozen=True, eq=False)
class OutputProjection:
    """What the heads return goes through W_0: output = Σ_h o_h · W_0[:, h]ᵀ + bias; the stream gets that × layer_scale.

    weight (E, H · dv), bias (E,) or None, layer_scale (E,) or None. They share memory with the model's own parameters: they are
    right as long as nobody trains the model further.
    path: of the module whose weight it is. norm_after: path of a norm between this output and the stream, of the output alone
    (Swin V2: Liu et al. 2022) or of its sum with the stream (post-norm: Vaswani et al. 2017); "" where there is none.
    """

    weight: Tensor
    bias: Tensor | None
    layer_scale: Tensor | None
    path: str
    norm_after: str = ""

    def of_heads(self, num_heads: int) -> Tensor:
        """(H, E, dv): what each head's output is multiplied by on its way into the stream, in float32 or wider.

        Raises ValueError where the columns of W_0 cannot be shared out between so many heads.
        """
        width = self.weight.shape[1]
        if width % num_heads:
            raise ValueError(f"W_0 of {self.path} takes {width} numbers, which are no {num_heads} heads of one width")
        wide = self.weight.to(torch.promote_types(self.weight.dtype, torch.float32))
        scaled = wide if self.layer_scale is None else wide * self.layer_scale.to(wide)[:, None]
        return scaled.reshape(len(scaled), num_heads, -1).movedim(1, 0)

    @cached_property
    def _factors(self) -> dict[int, Tensor]:
        return {}

    def factors(self, num_heads: int) -> Tensor:
        """(H, n, dv) with n ≤ E: as long a vector as `of_heads` would write comes of them. Decomposed once. Raises as it does.

        The norm of W·o is that of R·o, where W = Q·R and R has only the width of a head.
        """
        if num_heads not in self._factors:
            weight = self.of_heads(num_heads)
            narrow = weight.shape[1] > weight.shape[2]
            self._factors[num_heads] = _triangle(weight) if narrow else weight
        return self._factors[num_heads]

    @property
    def nbytes(self) -> int:
        return bytes_of(self.weight, self.bias, self.layer_scale)

    def mapped(self, change: Callable[[Tensor], Tensor]) -> OutputProjection:
        """The same with its tensors changed."""
        bias, scale = (None if old is None else change(old) for old in (self.bias, self.layer_scale))
        return replace(self, weight=change(self.weight), bias=bias, layer_scale=scale)


def _triangle(weight: Tensor) -> Tensor:
    """R (H, dv, dv) with RᵀR = WᵀW, of W (H, E, dv): by Cholesky in 64 bits, on the CPU.

    torch's own QR rounds otherwise with another number of threads (MKL), this does not for heads of up to 128 numbers. What is
    added to the diagonal, where heads write no more than rounding does, is below what W·o is rounded to in 32 bits.
    """
    wide = weight.detach().cpu().double()
    gram = wide.mT @ wide
    diagonal = gram.diagonal(dim1=-2, dim2=-1)
    diagonal.add_(_BELOW_ROUNDING * diagonal.sum(-1, keepdim=True) + torch.finfo(gram.dtype).tiny)
    triangle: Tensor = torch.linalg.cholesky(gram)
    return triangle.mT.to(weight)
