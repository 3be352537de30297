"""Scores changed before the softmax: sharper or flatter, all alike, or of some keys only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn

from attention_core.capture.axes import along_heads

FORBIDDEN: Final = -50.0
"""An added mask so far below its row's largest forbids: models write -100 (Swin) or the type's least number for -inf."""


@dataclass(frozen=True, eq=False)
class Scores:
    """temperature: what they are divided by. keys (Nk,): those that may be attended to. even: whether all become one number;
    masked: whether masks still hold then."""

    temperature: float = 1.0
    keys: Tensor | None = None
    even: bool = False
    masked: bool = True

    def __bool__(self) -> bool:
        return self.even or self.keys is not None or self.temperature != 1

    def of_call(self, given: dict[str, Any], chosen: Tensor, module: nn.Module | None) -> dict[str, Any]:
        """Arguments of `F.scaled_dot_product_attention`, changed where chosen (B, H, 1)."""
        query, key, mask = given["query"], given["key"], given["attn_mask"]
        shape = torch.Size((*query.shape[:-1], key.shape[-2]))
        factor = torch.where(chosen, 0.0 if self.even else 1 / self.temperature, 1.0).to(query.dtype)
        changed: dict[str, Any] = {"query": query * along_heads(factor, query.shape, module)}
        here = along_heads(chosen, shape, module)
        if not self.masked:
            mask, changed["is_causal"] = _opened(given, here, shape), False
        elif mask is not None and mask.dtype != torch.bool:
            mask = torch.where(here, _even(mask) if self.even else mask / self.temperature, mask)
        if self.keys is not None:
            allowed = along_heads(~chosen | self._of(shape[-1]).to(chosen.device), shape, module)
            if given["is_causal"] and self.masked:
                mask, changed["is_causal"] = _causal(shape, query), False
            if mask is None or mask.dtype == torch.bool:
                mask = allowed if mask is None else mask & allowed
            else:
                mask = mask.masked_fill(~allowed, -torch.inf)
        return changed | {"attn_mask": mask}

    def of_weights(self, weights: Tensor) -> Tensor:
        """What a softmax's result (…, Nk) would have been; a row without a key gets 0."""
        changed = weights.double()
        if not self.masked:
            changed = torch.ones_like(changed)
        elif self.even:
            changed = (changed > changed.amax(-1, keepdim=True) * math.exp(FORBIDDEN)).double()
        elif self.temperature != 1:
            changed = (changed / changed.amax(-1, keepdim=True)) ** (1 / self.temperature)
        if self.keys is not None:
            changed = changed * self._of(weights.shape[-1]).to(weights.device)
        return (changed / changed.sum(-1, keepdim=True)).nan_to_num().to(weights.dtype)

    def _of(self, num_keys: int) -> Tensor:
        if self.keys is None or len(self.keys) != num_keys:
            given = 0 if self.keys is None else len(self.keys)
            raise ValueError(
                f"this layer attends over {num_keys} keys, a window or a coarser grid, where {given} were named; choose another"
            )
        return self.keys


def _causal(shape: torch.Size, like: Tensor) -> Tensor:
    return torch.ones(shape[-2:], dtype=torch.bool, device=like.device).tril()


def _opened(given: dict[str, Any], here: Tensor, shape: torch.Size) -> Tensor | None:
    """The call's mask, where `here` one that lets all be attended to."""
    mask = _causal(shape, given["query"]) if given["is_causal"] else given["attn_mask"]
    return None if mask is None else torch.where(here, mask.new_full((), mask.dtype == torch.bool), mask)


def _even(mask: Tensor) -> Tensor:
    """An added mask as one of 0 and -inf."""
    forbidden = mask < mask.amax(-1, keepdim=True) + FORBIDDEN
    return torch.zeros_like(mask).masked_fill(forbidden, -torch.inf)
