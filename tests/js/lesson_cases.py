"""Random cases of the lessons' arithmetic, in the forms for torch and for the browser."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn

from attention_core import attention
from attention_core.maths.attention import AttentionTrace
from attention_core.maths.masks import before, causal, mask_matrix, window
from attention_core.maths.multi_head import MultiHeadSelfAttention, Reading

MOST_TOKENS, MOST_COLUMNS = 12, 16
LAWS: Final = {"causal": lambda _: causal, "before": lambda _: before, "window": window}
"""The lessons' masks, each with a radius."""


def seed(number: int) -> None:
    random.seed(number)
    torch.manual_seed(number)


def tokens() -> int:
    return random.randint(1, MOST_TOKENS)


def columns() -> int:
    return random.randint(1, MOST_COLUMNS)


def drawn(*shape: int) -> Tensor:
    """Return numbers of a random scale. Every third case has small whole numbers, which tie."""
    values = torch.randn(shape, dtype=torch.float64) * random.choice([0.3, 1, 4])
    return values.round() if random.random() < 1 / 3 else values


def drawn_mask(num_queries: int, num_keys: int) -> Tensor | None:
    """Return a lesson's mask, a random mask of the reader (every second one has an empty row), or none."""
    kind = random.choice(["none", "own", *LAWS])
    if kind == "none":
        return None
    if kind == "own":
        mask = torch.rand(num_queries, num_keys) < random.choice([0.2, 0.7])
        mask[random.randrange(num_queries)] &= random.random() < 0.5
        return mask
    return mask_matrix(LAWS[kind](random.randrange(3)), num_queries, num_keys)


def rows(values: Tensor | None) -> Any:
    return None if values is None else values.tolist()


@dataclass(frozen=True)
class Attending:
    q: Tensor
    k: Tensor
    v: Tensor
    mask: Tensor | None
    scale: float | None
    temperature: float
    normalise: bool

    @classmethod
    def drawn(cls) -> Attending:
        num_queries, num_keys, width = tokens(), tokens(), columns()
        return cls(
            drawn(num_queries, width),
            drawn(num_keys, width),
            drawn(num_keys, columns()),
            drawn_mask(num_queries, num_keys),
            random.choice([None, 1.0, 0.3, -2.0, 0.0]),
            random.choice([0.0, 1e-310, 1e-300, 0.05, 1.0, 1.0, 2.5, math.inf]),
            random.random() < 0.8,
        )

    def for_browser(self) -> list[Any]:
        temperature = "Infinity" if math.isinf(self.temperature) else self.temperature
        options = {"allowed": rows(self.mask), "temperature": temperature, "normalise": self.normalise}
        return [*map(rows, (self.q, self.k, self.v)), options | ({} if self.scale is None else {"scale": self.scale})]

    def trace(self) -> AttentionTrace:
        return attention(self.q, self.k, self.v, self.mask, self.scale, self.temperature, self.normalise)


@dataclass(frozen=True)
class Joining:
    layer: MultiHeadSelfAttention
    x: Tensor
    mask: Tensor | None
    heads_on: Tensor

    @classmethod
    def drawn(cls) -> Joining:
        heads = random.choice([1, 2, 4, 8])
        dim = heads * random.randint(1, MOST_COLUMNS // heads)
        reading: Reading = random.choice(["project", "slice"])
        layer = MultiHeadSelfAttention(dim, heads, reading, random.random() < 0.5, random.random() < 0.7).double()
        for parameter in layer.parameters():
            nn.init.normal_(parameter)
        num_tokens = tokens()
        on = torch.rand(heads) < random.choice([0.6, 1, 1])
        return cls(layer, drawn(num_tokens, dim), drawn_mask(num_tokens, num_tokens), on)

    def for_browser(self) -> list[Any]:
        layer = self.layer
        matrices = {f"W{role}": rows(getattr(layer, f"W_{role}")) for role in "qkv"}
        for role in "qkv":
            bias = getattr(layer, f"b_{role}")
            matrices[f"b{role}"] = rows(None if bias is None else bias[:, None])
        b_0 = None if layer.b_0 is None else layer.b_0[None]
        given = matrices | {"W0": rows(layer.W_0), "b0": rows(b_0), "split": layer.reading == "slice"}
        return [given, rows(self.x), {"allowed": rows(self.mask), "on": rows(self.heads_on)}]
