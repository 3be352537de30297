from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from attention_core import LayerRecord, load_model
from attention_core.export.wire import LARGEST_ERROR, LOWEST_TEMPERATURE, OnWire, WireLayer, wire_layer, with_centred_keys

PHOTOS = Path(__file__).parents[2] / "assets/photos"
HEADS, TOKENS, WIDTH, SCALE = 3, 11, 5, 0.4


def layer_of(size: float = 1.0, common: float = 30.0, key_heads: int = HEADS) -> LayerRecord:
    """Return a layer whose keys have a large part in common, as those of trained models do."""
    q, k = torch.randn(1, HEADS, TOKENS, WIDTH) * size, torch.randn(1, key_heads, TOKENS, WIDTH) * size
    return LayerRecord(q, k + common * torch.randn(WIDTH), None, SCALE)


def arrived(wire: WireLayer) -> tuple[Tensor, Tensor]:
    """Return q and k (H, N, d) in float64."""
    return wire.q.values.double(), (wire.k or wire.q).values.double()


def moved_logarithms(wire: WireLayer, layer: LayerRecord, temperature: float) -> Tensor:
    """Return how much the logarithm of each weight differs from that of float64, in rows and in columns, (2, H, N, N)."""
    q, k = arrived(wire)
    scores = q @ k.transpose(-2, -1) * layer.scale / temperature
    layer = with_centred_keys(layer)
    exact = layer.q[0].double() @ layer.k_of_heads[0].double().transpose(-2, -1) * layer.scale / temperature
    expected = exact.log_softmax(-1)
    return torch.stack([scores.log_softmax(-1) - expected, scores - exact.logsumexp(-1, keepdim=True) - expected])


@pytest.mark.parametrize("key_heads", [HEADS, 1])
@pytest.mark.parametrize("temperature", [0.2, 1.0, 4.0])
def test_no_weight_changes_by_more_than_promised(temperature: float, key_heads: int) -> None:
    layer = layer_of(key_heads=key_heads)
    wire = wire_layer(layer)
    assert wire.q.numbers.dtype == torch.int16 and wire.k is not None and wire.k.numbers.dtype == torch.int16
    assert wire.q.numbers.shape == wire.k.numbers.shape == (HEADS, TOKENS, WIDTH)
    moved = moved_logarithms(wire, layer, temperature).abs().max().item()
    assert wire.error / temperature / 4 < moved <= wire.error / temperature + 1e-5
    assert temperature >= LOWEST_TEMPERATURE and moved < LARGEST_ERROR


def test_rows_and_columns_are_those_of_the_layer() -> None:
    layer = layer_of()
    wire = wire_layer(layer)
    q, k = arrived(wire)
    scores = q @ k.transpose(-2, -1) * SCALE
    near = {"rtol": LARGEST_ERROR, "atol": 0, "check_dtype": False}
    torch.testing.assert_close(scores.softmax(-1), layer.rows(range(TOKENS))[0], **near)
    columns = torch.exp(scores - wire.logsumexp[..., None])
    torch.testing.assert_close(columns, layer.columns(range(TOKENS))[0], **near)
    assert wire.logsumexp.dtype == torch.float32


def test_centred_keys_have_the_same_weights_and_less_to_round() -> None:
    layer = layer_of()
    whole = layer.logsumexp()
    centred = with_centred_keys(layer)
    torch.testing.assert_close(centred.weights(), layer.weights())
    less = (layer.q * layer.k.mean(-2, keepdim=True)).sum(-1) * SCALE
    torch.testing.assert_close(centred.logsumexp(), whole - less, rtol=0, atol=1e-4)
    torch.testing.assert_close(centred.columns([4], 0.5), layer.columns([4], 0.5))
    torch.testing.assert_close(wire_layer(layer).logsumexp, centred.logsumexp()[0])
    assert centred.k.abs().max() < layer.k.abs().max() / 4


def test_a_layer_of_huge_scores_comes_in_float32() -> None:
    layer = layer_of(size=200.0)
    wire = wire_layer(layer)
    assert wire.error > LOWEST_TEMPERATURE * LARGEST_ERROR and wire.k is not None
    assert wire.q.step is None and torch.equal(wire.q.values, layer.q[0])
    assert wire.k.step is None and torch.equal(wire.k.values, with_centred_keys(layer).k[0])


def test_nan_and_infinity_come_unchanged() -> None:
    layer = layer_of()
    layer.q[0, 1, 2, 3] = torch.nan
    assert wire_layer(layer).q.step is None


def test_keys_that_equal_the_queries_are_sent_once() -> None:
    both = torch.randn(1, HEADS, TOKENS, WIDTH)
    layer = LayerRecord(both, both, None, SCALE)
    wire = wire_layer(layer)
    assert wire.k is None and with_centred_keys(layer) is layer
    assert moved_logarithms(wire, layer, 1.0).abs().max() <= wire.error + 1e-5
    torch.testing.assert_close(wire.logsumexp, layer.logsumexp()[0])


def test_a_channel_of_zeros_stays_one() -> None:
    layer = layer_of()
    layer.q[..., 2] = 0
    found = wire_layer(layer).q
    assert found.numbers.dtype == torch.int16 and torch.equal(found.values[..., 2], torch.zeros(HEADS, TOKENS))


def test_the_largest_number_of_a_channel_takes_all_steps() -> None:
    found = wire_layer(layer_of()).q
    assert torch.equal(found.numbers.abs().amax(-2), torch.full((HEADS, WIDTH), 32767, dtype=torch.int16))
    assert isinstance(found, OnWire) and found.step is not None and found.step.shape == (HEADS, 1, WIDTH)


@pytest.mark.parametrize("change", [{"mask": torch.zeros(1, 1, TOKENS, TOKENS)}, {"is_causal": True}, {"batch": 2}])
def test_layers_without_such_rows_are_refused(change: dict[str, object]) -> None:
    batch = change.pop("batch", 1)
    q, k = torch.randn(2, batch, HEADS, TOKENS, WIDTH)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match=r"expected a layer of one image.*received <LayerRecord 0.*take rows"):
        wire_layer(LayerRecord(q, k, None, SCALE, **change))  # type: ignore[arg-type]


def test_no_layer_of_the_default_model_shows_its_rounding() -> None:
    """Every weight above 1e-4 stays within 1 %, also at the page's lowest temperature."""
    record, grid = load_model("dinov2-small").record(PHOTOS / "astronaut.jpg", keep_v=False)
    assert grid.num_patches == 1369
    some = list(range(0, 1370, 61))
    for layer in record.layers:
        wire = wire_layer(layer)
        assert wire.q.numbers.dtype == torch.int16, f"layer {layer.index}"
        q, k = arrived(wire)
        for temperature in (1.0, 0.1):
            rows = (q[:, some] @ k.transpose(-2, -1) * layer.scale / temperature).softmax(-1)
            expected = layer.rows(some, temperature)[0]
            shown = expected > 1e-4
            torch.testing.assert_close(rows[shown], expected[shown], rtol=0.01, atol=0, check_dtype=False)
        columns = torch.exp(q @ k[:, some].transpose(-2, -1) * layer.scale - wire.logsumexp[..., None])
        expected = layer.columns(some)[0]
        shown = expected > 1e-4
        torch.testing.assert_close(columns[shown], expected[shown], rtol=0.01, atol=0, check_dtype=False)
