"""The vectors that heads write: closed forms, with every kind of mask, group and softmax."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from attention_core import LayerRecord, OutputProjection, contributions, head_outputs, head_writes

BATCH, HEADS, QUERIES, KEYS, WIDTH, VALUES, OUT = 2, 4, 5, 7, 6, 3, 10


def layer(**options: object) -> LayerRecord:
    generator = torch.Generator().manual_seed(0)
    q, k, v = (
        torch.randn(BATCH, HEADS, count, width, generator=generator)
        for count, width in ((QUERIES, WIDTH), (KEYS, WIDTH), (KEYS, VALUES))
    )
    return replace(LayerRecord(q, k, v, 0.7, path="attn"), **options)


def projection(**options: object) -> OutputProjection:
    generator = torch.Generator().manual_seed(1)
    weight, bias, scale = (torch.randn(*shape, generator=generator) for shape in ((OUT, HEADS * VALUES), (OUT,), (OUT,)))
    return replace(OutputProjection(weight, bias, scale, "proj"), **options)


def additive(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(2))


SINK = torch.ones(BATCH, HEADS, QUERIES, 1)
LAYERS = {
    "plain": layer(),
    "causal": layer(is_causal=True),
    "boolean mask": layer(mask=additive(1, 1, QUERIES, KEYS) > -0.5),
    "added mask": layer(mask=additive(BATCH, HEADS, QUERIES, KEYS)),
    "added mask, causal": layer(mask=additive(1, HEADS, QUERIES, KEYS), is_causal=True),
    "boolean mask, causal": layer(mask=torch.ones(1, 1, QUERIES, KEYS, dtype=torch.bool), is_causal=True),
    "grouped": layer(k=layer().k[:, :2], v=layer().v[:, :2]),  # type: ignore[index]
    "half precision": layer().mapped(lambda tensor: tensor.half()),
    "explicit softmax": layer(softmaxed=layer().weights()),
    "explicit softmax with a sink": layer(softmaxed=torch.cat([layer().weights(), SINK], -1) / 2),
}


@pytest.mark.parametrize("name", LAYERS)
def test_outputs_are_weights_times_values(name: str) -> None:
    of = LAYERS[name]
    assert of.v is not None
    v = of.v.float().repeat_interleave(HEADS // of.v.shape[1], 1)
    torch.testing.assert_close(head_outputs(of), of.weights()[..., :KEYS] @ v, atol=2e-6, rtol=1e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_writes_are_outputs_through_the_slices_of_w_0(name: str) -> None:
    of, w_0 = LAYERS[name], projection()
    outputs = head_outputs(of)
    writes = head_writes(of, w_0, [3, 0])
    for head in range(HEADS):
        part = w_0.weight[:, head * VALUES : (head + 1) * VALUES]
        expected = outputs[:, head, [3, 0]] @ part.T * w_0.layer_scale
        torch.testing.assert_close(writes[:, head], expected, atol=1e-5, rtol=1e-5)
    norms = head_writes(of, w_0, range(QUERIES)).norm(dim=-1)
    torch.testing.assert_close(contributions(of, w_0), norms, atol=1e-5, rtol=1e-5)


def test_a_head_that_copies_one_key_writes_its_value() -> None:
    softmaxed = torch.zeros(BATCH, HEADS, QUERIES, KEYS)
    softmaxed[..., 4] = 1
    of = layer(softmaxed=softmaxed)
    w_0 = projection(weight=torch.eye(HEADS * VALUES), bias=None, layer_scale=None)
    assert of.v is not None
    torch.testing.assert_close(contributions(of, w_0), of.v[:, :, 4:5].norm(dim=-1).expand(-1, -1, QUERIES))


def test_w_0_narrower_than_a_head_is_right_too() -> None:
    narrow = projection(weight=projection().weight[:2], bias=None, layer_scale=None)
    norms = head_writes(layer(), narrow, range(QUERIES)).norm(dim=-1)
    torch.testing.assert_close(contributions(layer(), narrow), norms)


def test_missing_parts_and_parts_of_another_layer_are_refused() -> None:
    with pytest.raises(ValueError, match="the values of attn were not kept; record with keep_v=True"):
        contributions(layer(v=None), projection())
    other = projection(weight=torch.ones(OUT, HEADS * 2))
    with pytest.raises(ValueError, match="W_0 of proj takes 2 numbers a head, the heads of attn return 3"):
        head_writes(layer(), other, [0])
    with pytest.raises(ValueError, match="takes 9 numbers, which are no 4 heads of one width"):
        contributions(layer(), projection(weight=torch.ones(OUT, 9)))
