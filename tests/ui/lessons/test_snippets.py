"""A program that is offered computes what the page shows."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from attention_core import AttentionTrace, MultiHeadSelfAttention, attention
from attention_core.maths.masks import causal, mask_matrix
from ui.lessons.snippets import multi_head_snippet, qkv_snippet, self_attention_snippet

X = torch.randn(5, 4, dtype=torch.float64)
MASK = mask_matrix(causal, 5, 5)


def run(program: str) -> dict[str, object]:
    names: dict[str, object] = {}
    exec(program, names)
    return names


def trace_of(program: str) -> AttentionTrace:
    trace = run(program)["trace"]
    assert isinstance(trace, AttentionTrace)
    return trace


@pytest.mark.parametrize("mask", [None, MASK])
@pytest.mark.parametrize(("scale", "normalise"), [(1.0, False), (1.0, True), (None, True)])
def test_self_attention(mask: Tensor | None, scale: float | None, normalise: bool) -> None:
    made, shown = (
        trace_of(self_attention_snippet(X, mask, scale, normalise)),
        attention(X, X, X, mask, scale, normalise=normalise),
    )
    assert made.weights.equal(shown.weights) and made.output.equal(shown.output)


@pytest.mark.parametrize(("z", "mask"), [(None, None), (None, MASK), (torch.randn(3, 2, dtype=torch.float64), None)])
def test_queries_keys_values(z: Tensor | None, mask: Tensor | None) -> None:
    source = X if z is None else z
    made = {
        role: (torch.randn(width, 3, dtype=torch.float64), torch.randn(3, dtype=torch.float64))
        for role, width in (("q", 4), ("k", source.shape[1]), ("v", source.shape[1]))
    }
    q, k, v = (tokens @ made[role][0] + made[role][1] for role, tokens in (("q", X), ("k", source), ("v", source)))
    assert trace_of(qkv_snippet(X, z, made, mask)).output.equal(attention(q, k, v, mask).output)


@pytest.mark.parametrize("reading", ["slice", "project"])
@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize(("mask", "heads_on"), [(None, (True, True)), (MASK, (False, True))])
def test_multi_head(reading: str, joined: bool, mask: Tensor | None, heads_on: tuple[bool, ...]) -> None:
    layer = MultiHeadSelfAttention(4, 2, "slice" if reading == "slice" else "project", output_projection=joined)
    layer = layer.double().requires_grad_(False)
    for bias in (layer.b_q, layer.b_k, layer.b_v):
        torch.nn.init.normal_(bias)
    made = run(multi_head_snippet(layer, X, mask, heads_on))["trace"]
    assert made.output.equal(layer.trace(X, mask, heads_on=torch.tensor(heads_on)).output)
