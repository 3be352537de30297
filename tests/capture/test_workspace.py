"""Blocks that reuse the same memory. Their results stay, and they take no more memory than one block."""

from __future__ import annotations

import pytest
import torch

from attention_core import LayerRecord, layer_statistics
from attention_core.capture.workspace import Workspace
from attention_core.export.wire import wire_layer

HEADS, TOKENS, WIDTH = 3, 40, 8


def layer(**options: object) -> LayerRecord:
    q, k = torch.randn(2, HEADS, TOKENS, WIDTH), torch.randn(2, HEADS, TOKENS, WIDTH)
    return LayerRecord(q, k, None, WIDTH**-0.5, **options)  # type: ignore[arg-type]


def test_a_smaller_tensor_lies_where_a_larger_one_lay_and_a_larger_one_takes_more() -> None:
    space, like = Workspace(), torch.zeros(4, 5)
    first = space.empty("scores", like)
    again = space.empty("scores", like, 3, 2, 3)
    assert again.shape == (3, 2, 3) and again.is_contiguous() and again.data_ptr() == first.data_ptr()
    assert space.empty("weights", like).data_ptr() != first.data_ptr()
    assert space.empty("scores", like.double()).dtype == torch.float64
    larger = space.empty("scores", like, 4, 6)
    assert larger.shape == (4, 6) and space.empty("scores", like).data_ptr() == larger.data_ptr()


def test_a_copy_in_one_piece_has_the_numbers_and_leaves_the_tensor() -> None:
    space, tensor = Workspace(), torch.arange(6.0).view(2, 3).T
    first = space.dense("keys", tensor)
    assert first.is_contiguous() and first.equal(tensor) and first.data_ptr() != tensor.data_ptr()
    assert space.dense("keys", tensor + 1).data_ptr() == first.data_ptr() and tensor[0, 0] == 0


@pytest.mark.parametrize(
    "options", [{}, {"is_causal": True}, {"mask": torch.rand(1, 1, TOKENS, TOKENS) > 0.3}], ids=["plain", "causal", "masked"]
)
def test_scores_are_the_same_to_the_last_bit(options: dict[str, object]) -> None:
    shown, space = layer(**options), Workspace()
    for start in range(0, TOKENS, 7):
        queries = slice(start, min(start + 7, TOKENS))
        assert shown.scores(queries, workspace=space).equal(shown.scores(queries))


def test_statistics_of_a_second_layer_are_not_those_of_the_first() -> None:
    one, other, space = layer(), layer(), Workspace()
    for shown in (one, other, one):
        assert layer_statistics(shown, workspace=space).entropy.equal(layer_statistics(shown).entropy)
    assert not layer_statistics(one).entropy.equal(layer_statistics(other).entropy)


def test_a_layer_that_asks_for_gradients_is_measured_too() -> None:
    asks = layer()
    asks.q.requires_grad_()
    assert layer_statistics(asks).entropy.equal(layer_statistics(asks.mapped(torch.Tensor.detach)).entropy)
    wire_layer(asks.mapped(lambda each: each[:1]))
