"""Whether two tensors hold the same numbers: by their place in memory, or by the numbers of one token."""

from __future__ import annotations

from typing import Any, Final

from torch import Tensor

_ROUNDING: Final = {False: 1e-4, True: 2e-2}
"""Of float32 or wider, and of half precision: beside the largest number of a token."""


def is_same(one: Any, other: Any) -> bool:
    """Whether both are one tensor, or all of one in another shape; both must be alive."""
    if one is other:
        return one is not None
    if not isinstance(one, Tensor) or not isinstance(other, Tensor):
        return False
    place = one.data_ptr()
    return place != 0 and place == other.data_ptr() and one.numel() == other.numel() and one.dtype == other.dtype


def is_close(one: Tensor, other: Tensor) -> bool:
    """Whether numbers are the same up to rounding."""
    rough = _ROUNDING[min(one.element_size(), other.element_size()) < 4]
    return bool((one.float() - other.float()).abs().amax() <= rough * one.float().abs().amax())


def holds(x: Tensor, heads: Tensor) -> bool:
    """Whether x (…, H · dv) holds what heads returned (B, H, Nq, dv), token by token; one token stands for all."""
    width = heads.shape[1] * heads.shape[3]
    if x.numel() != heads.numel() or x.shape[-1] != width:
        return False
    joined = heads.transpose(1, 2)
    if is_same(x, joined) and x.is_contiguous() and joined.is_contiguous():
        return True
    row = token_of_heads(heads)
    return any(is_close(row, each) for each in tokens_in_order(x, heads))


def token_of_heads(heads: Tensor) -> Tensor:
    """What the heads (B, H, Nq, dv) return for one query, joined: (H · dv)."""
    return heads[-1, :, heads.shape[2] // 3].flatten()


def tokens_in_order(x: Tensor, heads: Tensor) -> tuple[Tensor, Tensor]:
    """The same query's numbers in tokens that lie as (B, Nq, …), and as (Nq, B, …)."""
    batch, queries = heads.shape[0], heads.shape[2]
    rows, query = x.reshape(-1, x.shape[-1]), queries // 3  # in the middle a turned picture would have the same
    places = (batch - 1) * queries + query, query * batch + batch - 1
    return rows[min(places[0], len(rows) - 1)], rows[min(places[1], len(rows) - 1)]


def token(tokens: Tensor) -> Tensor:
    """The numbers (D) of one of the tokens (…, D), the same one of all tensors of a shape."""
    rows = tokens.reshape(-1, tokens.shape[-1])
    return rows[len(rows) // 2]
