"""Confirmation of a lesson: torch and attention_core compute the browser's numbers again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from attention_core import AttentionTrace, MultiHeadSelfAttention, MultiHeadTrace, attention
from attention_core.maths.multi_head import Reading
from attention_core.maths.projections import project
from ui.lessons import told

ROLES = ("q", "k", "v")
VERSIONS: dict[str, dict[str, Any]] = {"raw": {"scale": 1.0, "normalise": False}, "softmax": {"scale": 1.0}, "scaled": {}}
"""Ways to turn dot products into weights, as keywords of `attention`."""


@dataclass(frozen=True)
class SelfAttention:
    """The first lesson: x (N, D) is query, key and value at once."""

    x: Tensor
    mask: Tensor | None
    version: str

    def trace(self) -> AttentionTrace:
        return attention(self.x, self.x, self.x, mask=self.mask, **VERSIONS[self.version])


@dataclass(frozen=True)
class Projected:
    """The second lesson: q from x (N, D); k and v from z (M, Dz), or from x if z is None. made: weight (D, d), bias (1, d)."""

    x: Tensor
    z: Tensor | None
    made: dict[str, tuple[Tensor, Tensor]]
    mask: Tensor | None

    def trace(self) -> AttentionTrace:
        source = self.x if self.z is None else self.z
        q, k, v = (project(of, *self.made[role]) for role, of in zip(ROLES, (self.x, source, source), strict=True))
        return attention(q, k, v, mask=self.mask)


@dataclass(frozen=True)
class Heads:
    """The third lesson: x (N, D), the layer with all its numbers, and True for each head that is on."""

    x: Tensor
    layer: MultiHeadSelfAttention
    heads_on: tuple[bool, ...]
    mask: Tensor | None

    def trace(self) -> MultiHeadTrace:
        return self.layer.trace(self.x, self.mask, heads_on=torch.tensor(self.heads_on))


def read_self_attention(shown: Mapping[str, Any]) -> SelfAttention:
    """Read the browser's numbers. Raises ValueError if the lesson cannot have them."""
    x = told.rows(shown, "x")
    version = shown.get("version")
    if not isinstance(version, str) or version not in VERSIONS:
        raise ValueError(f"version: expected one of {', '.join(VERSIONS)}")
    return SelfAttention(x, told.mask(shown, (len(x), len(x))), version)


def read_projected(shown: Mapping[str, Any]) -> Projected:
    """Read the browser's numbers. Raises ValueError if the lesson cannot have them."""
    x, z = told.rows(shown, "x"), told.optional_rows(shown, "z")
    made = shown.get("made")
    if not isinstance(made, dict) or not all(isinstance(made.get(role), dict) for role in ROLES):
        raise ValueError("made: expected a weight and a bias for each of q, k and v")
    projections = {role: (told.rows(made[role], "weight"), told.rows(made[role], "bias")) for role in ROLES}
    for role, (weight, bias) in projections.items():
        if bias.shape != (1, weight.shape[1]):
            raise ValueError(f"bias of {role}: expected 1 × {weight.shape[1]}, received {' × '.join(map(str, bias.shape))}")
    return Projected(x, z, projections, told.mask(shown, (len(x), len(x if z is None else z))))


def read_heads(shown: Mapping[str, Any]) -> Heads:
    """Read the browser's numbers. Raises ValueError if the lesson cannot have them."""
    x = told.rows(shown, "x")
    parameters = shown.get("layer")
    if not isinstance(parameters, dict):
        raise ValueError("layer: expected its matrices")
    w0, b0 = told.optional_rows(parameters, "W0"), told.optional_rows(parameters, "b0")
    matrices = {f"{letter}_{role}": told.stack(parameters, f"{letter}{role}") for letter in "Wb" for role in ROLES}
    on = told.flags(shown, "on")
    reading: Reading = "slice" if parameters.get("split") is True else "project"
    layer = MultiHeadSelfAttention(x.shape[1], len(on), reading, output_projection=w0 is not None)
    layer = layer.double().requires_grad_(False)
    for name, values in matrices.items():
        _copy(layer, name, values.squeeze(1) if name.startswith("b") else values)
    if w0 is not None and b0 is not None:
        _copy(layer, "W_0", w0)
        _copy(layer, "b_0", b0[0])
    return Heads(x, layer, on, told.mask(shown, (len(x), len(x))))


def difference(shown: Mapping[str, Any], trace: AttentionTrace | MultiHeadTrace) -> float:
    """Return the largest difference between the browser's and torch's weights and outputs.

    Raises ValueError if their shapes differ.
    """
    if isinstance(trace, MultiHeadTrace):
        browser_weights, weights = told.stack(shown, "weights"), trace.heads.weights
    else:
        browser_weights, weights = told.rows(shown, "weights"), trace.weights
    output = told.rows(shown, "output")
    if browser_weights.shape != weights.shape or output.shape != trace.output.shape:
        raise ValueError("the browser's weights and outputs have other shapes than torch's")
    return max(float((browser_weights - weights).abs().max()), float((output - trace.output).abs().max()))


def _copy(layer: MultiHeadSelfAttention, name: str, values: Tensor) -> None:
    parameter = getattr(layer, name)
    if parameter.shape != values.shape:
        raise ValueError(f"{name}: expected {tuple(parameter.shape)}, received {tuple(values.shape)}")
    parameter.copy_(values)
