"""Heads that are similar to a given head: closed forms, the definition, and heads with known answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from PIL import Image
from torch import Tensor

from attention_core.analysis.similar_heads import similar_heads
from attention_core.capture.layer_record import LayerRecord
from tests.planted import HEADS as PLANTED_HEADS
from tests.planted import PLANTED, planted

IMAGES, HEADS, TOKENS, WIDTH = 2, 3, 7, 4


def layer(seed: int, heads: int = HEADS) -> LayerRecord:
    generator = torch.Generator().manual_seed(seed)
    q, k = (2 * torch.randn(IMAGES, heads, TOKENS, WIDTH, generator=generator) for _ in range(2))
    return LayerRecord(q=q, k=k, v=None, scale=WIDTH**-0.5)


def divergence(p: Tensor, q: Tensor) -> Tensor:
    """Return the divergence from entropies, in float64."""

    def bits(weights: Tensor) -> Tensor:
        return -torch.xlogy(weights, weights).sum(-1) / torch.tensor(2.0).log()

    p, q = p.double(), q.double()
    return bits((p + q) / 2) - (bits(p) + bits(q)) / 2


def test_the_mean_over_queries_and_images_is_the_definition() -> None:
    layers = [layer(0), layer(1, heads=5)]
    one = layers[1].weights(head=4)
    found = similar_heads(layers, 1, 4)
    assert [len(each) for each in found] == [3, 5]
    for each, of in zip(found, layers, strict=True):
        expected = torch.stack([divergence(one, of.weights(head=head)).mean() for head in range(of.num_heads)])
        torch.testing.assert_close(each, expected.float(), atol=1e-6, rtol=1e-5)
    assert found[1][4] == 0, "a head is like itself"


def test_heads_without_a_common_key_differ_by_one_bit() -> None:
    one, other = (torch.zeros(1, 1, TOKENS, WIDTH) for _ in range(2))
    one[..., 0, 0], other[..., 1, 0] = 1, 1  # keys that all queries attend to
    q = torch.zeros(1, 1, TOKENS, WIDTH)
    q[..., 0] = 200
    layers = [LayerRecord(q=q, k=k, v=None, scale=1.0) for k in (one, other)]
    torch.testing.assert_close(torch.cat(similar_heads(layers, 0, 0)), torch.tensor([0.0, 1.0]))


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_head_is_found_in_another_picture(name: str) -> None:
    """The other picture's layer has its heads in another order.

    Only planted heads are searched: a head that depends on content alone does something else on another picture.
    """
    record, other = (planted().record(Image.effect_noise((32, 32), 90).convert("RGB"))[0] for _ in range(2))
    layer, head = PLANTED[name]
    order = [2, 0, 3, 1]
    shuffled = other.layers[layer].mapped(lambda tensor: tensor[:, order])
    found = similar_heads([*record.layers, shuffled], layer, head)
    assert found[layer][head] == 0
    likest = int(found[-1].argmin())
    assert order[likest] == head and len(found[-1]) == PLANTED_HEADS
    if name != "nothing":  # only the output of this head is planted, not its pattern
        assert found[-1][likest] < 0.1 * found[-1].sort().values[1]


def test_fully_masked_queries_do_not_count() -> None:
    mask = torch.ones(1, 1, TOKENS, TOKENS, dtype=torch.bool)
    mask[..., 2, :] = False
    masked = replace(layer(0), mask=mask)
    found = similar_heads([layer(0), masked], 0, 1)
    assert found[1][1] == 0 and torch.isfinite(found[1]).all()


def test_progress_can_stop_it_and_bad_heads_are_refused() -> None:
    done: list[tuple[int, int]] = []
    similar_heads([layer(0), layer(1)], 0, 0, lambda *told: done.append(told))
    assert done == [(1, 2), (2, 2)]

    def stop(_: int, __: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        similar_heads([layer(0), layer(1)], 0, 0, stop)
    with pytest.raises(ValueError, match=r"one of the heads of 1 layers \(heads: \[3\]\), received 0, 3"):
        similar_heads([layer(0)], 0, 3)
    shorter = replace(layer(1), k=layer(1).k[:, :, 1:])
    with pytest.raises(ValueError, match="same"):
        similar_heads([layer(0), shorter], 0, 0)
