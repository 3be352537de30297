"""`record_attention(take=…)` hands over each layer when its attention ends, with the outputs of its heads."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_core import LayerRecord, head_outputs, record_attention
from attention_core.analysis.contribution import contributions
from attention_core.capture.edit import edit_attention
from tests.atlas.models import picture, swin, vit
from tests.recording.block_models import CASES


def taken(model: nn.Module, x: Tensor, **options: bool) -> tuple[list[tuple[LayerRecord, Tensor | None]], list[LayerRecord]]:
    found: list[tuple[LayerRecord, Tensor | None]] = []
    with torch.inference_mode(), record_attention(model=model, take=lambda *each: found.append(each), **options) as record:
        model(x)
    return found, record.layers


@pytest.mark.parametrize("make", [vit, swin])
def test_taken_layers_equal_kept_layers(make: object) -> None:
    model = make()  # type: ignore[operator]
    x = model.preprocess(picture(0), model.grid_for(picture(0)))
    found, kept = taken(model.module, x)
    with torch.inference_mode(), record_attention(model=model.module) as record:
        model.module(x)
    assert not kept and len(found) == len(record.layers) > 1
    for (layer, outputs), expected in zip(found, record.layers, strict=True):
        assert (layer.index, layer.path) == (expected.index, expected.path)
        assert torch.equal(layer.q, expected.q) and torch.equal(layer.k, expected.k)
        assert outputs is not None
        assert torch.allclose(outputs, head_outputs(expected), atol=1e-5)


@pytest.mark.parametrize("kind", CASES)
def test_contributions_of_outputs_equal_recomputed_ones(kind: str) -> None:
    case = CASES[kind]
    module, x = case.model, torch.randn(2, 3, case.side, case.side)
    with torch.inference_mode(), record_attention(model=module, blocks=True) as record:
        module(x)
    found = {layer.index: outputs for layer, outputs in taken(module, x)[0]}
    for layer in record.layers:
        projection, outputs = record.blocks[layer.index].projection, found[layer.index]
        if projection is not None and outputs is not None:
            expected = contributions(layer, projection)
            assert torch.allclose(contributions(layer, projection, outputs), expected, rtol=1e-4, atol=1e-5)


def test_a_join_of_torchs_own_has_no_outputs() -> None:
    module = nn.MultiheadAttention(8, 2, batch_first=True)
    x = torch.randn(1, 3, 8)
    found: list[Tensor | None] = []
    with record_attention(take=lambda _, outputs: found.append(outputs)):
        module(x, x, x)
    assert found == [None]


def test_only_the_requested_layers_are_handed_over() -> None:
    q = torch.randn(1, 2, 3, 4)
    numbers: list[int] = []
    with record_attention(only=[1], take=lambda layer, _: numbers.append(layer.index)):
        for _ in range(3):
            F.scaled_dot_product_attention(q, q, q)
    assert numbers == [1]


def run(module: nn.Module, x: Tensor) -> Tensor:
    with torch.inference_mode():
        found: Tensor = module(x)
        return found


def nothing(layer: LayerRecord) -> Tensor:
    return torch.zeros_like(layer.q)


def test_a_replacement_output_reaches_the_model() -> None:
    """If the function returns weights · v, the model gets what torch gives.

    If it returns something else, the record knows it.
    """
    model, got = vit(), []
    x = model.preprocess(picture(0), model.grid_for(picture(0)))
    expected = run(model.module, x)
    with record_attention(model=model.module, attend=lambda layer: layer.weights() @ layer.v):
        assert torch.allclose(run(model.module, x), expected, atol=1e-4)
    with record_attention(
        model=model.module,
        attend=lambda layer: torch.zeros_like(layer.q),
        take=lambda layer, out: got.append((layer.index, out)),
    ):
        changed = run(model.module, x)
    assert not torch.allclose(changed, expected, atol=1e-2)
    with edit_attention(output="off", model=model.module):
        assert torch.equal(run(model.module, x), changed)
    assert [index for index, _ in got] == [0, 1, 2]
    assert all(out is not None and not out.any() for _, out in got)


def test_a_replacement_may_leave_the_call_to_torch() -> None:
    model, asked = vit(), []
    x = model.preprocess(picture(0), model.grid_for(picture(0)))
    with record_attention(model=model.module, attend=lambda layer: asked.append(layer.index)):
        found = run(model.module, x)
    assert torch.equal(found, run(model.module, x)) and asked == [0, 1, 2]


def test_calls_that_are_more_than_attention_are_not_replaced() -> None:
    """These are dropout, heads that lie in the batch or after the queries, and torch's own joining of heads."""
    q = torch.randn(2, 5, 3, 4)
    module = nn.MultiheadAttention(8, 2, batch_first=True)
    x = torch.randn(1, 3, 8)

    def never(layer: LayerRecord) -> Tensor:
        raise AssertionError(layer)

    with torch.inference_mode(), record_attention(attend=never):
        F.scaled_dot_product_attention(q, q, q, dropout_p=0.5)
        F.scaled_dot_product_attention(q.flatten(0, 1), q.flatten(0, 1), q.flatten(0, 1))
        module(x, x, x)
