"""The layer of the page "Multi-head": what the reader chose for it, and its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from attention_core import MultiHeadSelfAttention
from attention_core.maths.multi_head import Reading
from ui.lessons.matrices import matrix
from ui.lessons.qkv import ROLES

SPREAD: Final = 1.6
"""Standard deviation of random projections, times the root of their height: weights then differ enough to be told apart."""


@dataclass(frozen=True)
class Setting:
    """What the reader chose for the layer: everything but its numbers."""

    dim: int
    num_heads: int
    reading: Reading
    recipe: str
    join: str
    seed: int

    @property
    def head_dim(self) -> int:
        return self.dim // self.num_heads

    @property
    def width(self) -> int:
        """Of what a head reads."""
        return self.dim if self.reading == "project" else self.head_dim

    def name(self, letter: str, head: int) -> str:
        """Of one head's matrix, as `ui.lessons.matrices` keeps it: numbers of heads and readings have edits of their own."""
        return f"{letter}{head + 1}.{self.num_heads}{self.reading[0]}"

    def names(self) -> list[str]:
        """Of all matrices of the layer."""
        own = [self.name(f"{kind}{role}", head) for head in range(self.num_heads) for role in ROLES for kind in "Wb"]
        return [*own, *([] if self.join == "off" else ["W0", "b0"])]


def is_of_a_head(name: str) -> bool:
    """Whether `Setting.name` made this name."""
    return "." in name


def build_layer(setting: Setting) -> MultiHeadSelfAttention:
    """The layer with the presets' numbers, or the reader's where they were edited."""
    joined = setting.join != "off"
    layer = MultiHeadSelfAttention(setting.dim, setting.num_heads, setting.reading, output_projection=joined)
    layer = layer.double().requires_grad_(False)
    for at, role in enumerate(ROLES):
        presets = _projections(setting, at)
        for head in range(setting.num_heads):
            getattr(layer, f"W_{role}")[head] = matrix(setting.name(f"W{role}", head), presets[head])
            getattr(layer, f"b_{role}")[head] = matrix(
                setting.name(f"b{role}", head), torch.zeros(1, setting.head_dim).double()
            )[0]
    if layer.W_0 is not None and layer.b_0 is not None:
        layer.W_0.copy_(matrix("W0", _join(setting)))
        layer.b_0.copy_(matrix("b0", torch.zeros(1, setting.dim).double())[0])
    return layer


def _projections(setting: Setting, role: int) -> Tensor:
    """(H, what a head reads, d). Identity hands each head its own piece of x, in both readings."""
    shape = (setting.num_heads, setting.width, setting.head_dim)
    if setting.recipe == "random":
        return _random(4 * setting.seed + role, shape, SPREAD / setting.width**0.5)
    if setting.reading == "slice":
        return torch.eye(setting.head_dim, dtype=torch.float64).expand(shape)
    return torch.eye(setting.dim, dtype=torch.float64).view(setting.dim, *shape[::2]).transpose(0, 1)


def _join(setting: Setting) -> Tensor:
    if setting.join == "identity":
        return torch.eye(setting.dim, dtype=torch.float64)
    return _random(4 * setting.seed + 3, (setting.dim, setting.dim), setting.dim**-0.5)


def _random(seed: int, shape: tuple[int, ...], spread: float) -> Tensor:
    """Seeded, with two digits, so that tables show the numbers as they are."""
    drawn = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * spread
    return drawn.mul(100).round().div(100)
