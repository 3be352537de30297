"""What an attention call has to write into the residual stream, and what becomes of it on its way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import torch
from torch import Tensor

from attention_core.capture.aliases import holds, is_close, is_same, token, token_of_heads, tokens_in_order
from attention_core.capture.computed import Computed

_SEVERAL: Final = "several linear maps take what the heads return"
_NOT_W_0: Final = "W_0 does not make of the heads' outputs what the call returned"


@dataclass(eq=False)
class Write:
    """What one attention call has to write: its heads' outputs, W_0 as it was found, and what that returned.

    heads (B, H, Nq, dv), None where they cannot be told. why: why there is no W_0.
    """

    call: int
    heads: Tensor | None
    why: str
    weight: Tensor | None = None
    bias: Tensor | None = None
    path: str = ""
    returned: Tensor | None = None
    _sample: Tensor | None = None

    def mapped(self, step: Computed, path: Callable[[], str]) -> None:
        """A linear map was computed; of what the heads returned it is W_0."""
        x, weight, bias = step.operands
        if self.heads is None or not holds(x, self.heads):
            return
        if self.weight is not None:
            self.why = _SEVERAL
        else:
            self.found(weight, bias, path(), step.result)

    def found(self, weight: Tensor, bias: Tensor | None, path: str, returned: Tensor) -> None:
        """Take it for W_0 if it makes of one query's outputs what was returned."""
        self.weight, self.bias, self.path, self.returned = weight, bias, path, returned
        self._sample = token(returned).clone()
        if self.heads is not None:
            made = weight.detach() @ token_of_heads(self.heads).to(weight)
            made = made if bias is None else made + bias.detach()
            fits = any(is_close(made, each) for each in tokens_in_order(returned, self.heads))
            self.why = "" if fits else _NOT_W_0

    def met(self, operands: tuple[Any, ...], why: str) -> None:
        """Something else was computed; where it was of what the heads returned, that is why there will be no W_0."""
        if not why or self.weight is not None or self.heads is None:
            return
        if any(isinstance(each, Tensor) and (is_same(each, self.heads) or holds(each, self.heads)) for each in operands):
            self.why = why

    @property
    def sample(self) -> Tensor:
        """One token (E) of what was returned, as it was then."""
        if self._sample is None:
            raise ValueError("expected W_0 to be found before what it returned is asked for")
        return self._sample


@dataclass(frozen=True, eq=False)
class Added:
    """How what a call has written came to what was added to the stream.

    scale (E,): by what it was multiplied; norm_after: the norm that it went through alone; beside: what was added to it before,
    scaled too, as by blocks whose MLP runs beside attention. in_order: whether its tokens lie as they were returned.
    """

    write: Write
    scale: Tensor | None = None
    norm_after: str = ""
    beside: Tensor | None = None
    in_order: bool = True

    def normed(self, path: str) -> Added | None:
        return None if self.norm_after or self.beside is not None else replace(self, norm_after=path)

    def scaled(self, factor: Tensor | None) -> Added | None:
        if factor is None or self.norm_after:
            return None
        return replace(self, scale=factor if self.scale is None else self.scale * factor)

    def with_beside(self, other: Tensor) -> Added | None:
        return None if self.scale is not None or self.norm_after or self.beside is not None else replace(self, beside=other)

    def token(self, turned: bool) -> Tensor:
        """One token (E) of it; turned: of what lies as (N, B, E) where it was returned as (B, N, E), or the other way round."""
        made = self.write.sample
        made = made if self.beside is None else made + token(_turned(self.beside, turned))
        return made if self.scale is None else made * self.scale


def are_in(parts: tuple[Added, ...], added: Tensor) -> bool:
    """Whether the sum of these is what was added, by the numbers of a token: O(E).

    What a norm has changed, and tokens in another order, were looked at when they were found.
    """
    if any(part.norm_after or not part.in_order for part in parts):
        return len(parts) == 1
    if any(part.write.sample.shape[-1] != added.shape[-1] for part in parts):
        return False
    orders = (False, True) if added.ndim == 3 else (False,)
    return any(
        is_close(token(_turned(added, turned)), torch.stack([part.token(turned) for part in parts]).sum(0)) for turned in orders
    )


def reordered(tensor: Tensor, writes: list[Write]) -> Added | None:
    """The one whose tokens these are in another order, as windows have them."""
    width = tensor.shape[-1]
    for write in writes:
        returned = write.returned
        if returned is None or returned.shape[-1] != width or returned.dtype != tensor.dtype:
            continue
        if _are_among(tensor.reshape(-1, width), returned.reshape(-1, width)):
            return Added(write, in_order=False)
    return None


def _turned(tokens: Tensor, turn: bool) -> Tensor:
    return tokens.transpose(0, 1) if turn else tokens


def _are_among(rows: Tensor, source: Tensor) -> bool:
    """Whether tokens (N, E) are among those of another (M, E); two of them stand for all."""
    picked = rows[[len(rows) // 3, len(rows) - 1]]  # (2, E)
    apart = (source[None] - picked[:, None]).abs().amax(-1)  # (2, M)
    return is_close(picked, source[apart.argmin(-1)])


def per_channel(factor: Any, x: Tensor) -> Tensor | None:
    """A factor of x (…, E) as one number a channel (E,); None where it is another for each token."""
    width = x.shape[-1]
    if isinstance(factor, int | float):
        return x.new_full((width,), factor)
    if not isinstance(factor, Tensor) or factor.numel() not in (1, width):
        return None
    return factor.detach().reshape(-1).expand(width)
