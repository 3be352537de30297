"""Programs that compute a lesson's numbers with attention_core. They contain all inputs in full."""

from __future__ import annotations

from torch import Tensor

from attention_core import MultiHeadSelfAttention


def self_attention_snippet(x: Tensor, mask: Tensor | None, scale: float | None = None, normalise: bool = True) -> str:
    """Return a program for the first lesson. x: (N, D), with the figure's order and positions included."""
    options = "" if mask is None else ", mask=mask"
    options += "" if scale is None else f", scale={scale}"
    options += "" if normalise else ", normalise=False"
    return _program(
        "attention",
        f"x = {_tensor(x)}",
        "" if mask is None else f"mask = {_tensor(mask)}",
        f"trace = attention(x, x, x{options})",
        "print(trace.weights)  # W: one row per query",
        "print(trace.output)  # Y = W · X",
    )


def qkv_snippet(x: Tensor, z: Tensor | None, made: dict[str, tuple[Tensor, Tensor]], mask: Tensor | None) -> str:
    """Return a program for the second lesson. x: (N, D). z: (M, Dz), or None for self-attention. made: weights and biases."""
    return _program(
        "attention",
        f"x = {_tensor(x)}",
        f"z = {'x' if z is None else _tensor(z)}",
        *(f"W_{role} = {_tensor(weight)}\nb_{role} = {_tensor(bias)}" for role, (weight, bias) in made.items()),
        "" if mask is None else f"mask = {_tensor(mask)}",
        f"trace = attention(x @ W_q + b_q, z @ W_k + b_k, z @ W_v + b_v{'' if mask is None else ', mask=mask'})",
        "print(trace.weights)  # W: one row per query",
        "print(trace.output)  # Y = W · v",
    )


def multi_head_snippet(layer: MultiHeadSelfAttention, x: Tensor, mask: Tensor | None, heads_on: tuple[bool, ...]) -> str:
    """Return a program for the third lesson. x: (N, D). heads_on: True for each head that is on."""
    joined = "" if layer.W_0 is not None else ", output_projection=False"
    options = "" if mask is None else ", mask"
    options += "" if all(heads_on) else f", heads_on=torch.tensor({list(heads_on)})"
    return _program(
        "MultiHeadSelfAttention",
        f"x = {_tensor(x)}",
        "" if mask is None else f"mask = {_tensor(mask)}",
        f'layer = MultiHeadSelfAttention({layer.dim}, {layer.num_heads}, "{layer.reading}"{joined})',
        "layer = layer.double().requires_grad_(False)",
        *(f"layer.{name}.copy_({_tensor(values.detach())})" for name, values in layer.named_parameters()),
        f"trace = layer.trace(x{options})",
        "print(trace.heads.weights)  # one matrix per head",
        "print(trace.output)  # Y = concat · W_0 + b_0",
    )


def _program(names: str, *lines: str) -> str:
    return "\n".join(["import torch\n", f"from attention_core import {names}\n", *filter(None, lines), ""])


def _tensor(values: Tensor) -> str:
    """Return a tensor as Python code, with one line per row."""
    kind = ", dtype=torch.float64" if values.is_floating_point() else ""
    if values.ndim < 2:
        return f"torch.tensor({values.tolist()}{kind})"
    rows = "\n".join(f"    {row}," for row in values.tolist())
    return f"torch.tensor([\n{rows}\n]{kind})"
