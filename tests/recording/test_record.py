import math
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.attention.bias import causal_lower_right, causal_upper_left
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from attention_core import LayerRecord, attention, record_attention

BATCH, HEADS, QUERIES, KEYS, WIDTH, VALUE_WIDTH = 2, 6, 5, 7, 4, 3


@dataclass
class Call:
    """One call of torch's attention: the shapes of q, k and v, and its options."""

    q: tuple[int, ...] = (BATCH, HEADS, QUERIES, WIDTH)
    k: tuple[int, ...] = (BATCH, HEADS, KEYS, WIDTH)
    mask: Callable[[], Tensor] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    dtype: torch.dtype = torch.float32

    def tensors(self) -> tuple[Tensor, Tensor, Tensor]:
        shapes = self.q, self.k, (*self.k[:-1], VALUE_WIDTH)
        q, k, v = (torch.randn(shape).to(self.dtype) for shape in shapes)
        return q, k, v

    def arguments(self) -> dict[str, Any]:
        return {**self.options, **({"attn_mask": self.mask()} if self.mask else {})}


def boolean(*shape: int) -> Callable[[], Tensor]:
    return lambda: torch.rand(shape) > 0.4


def floating(*shape: int) -> Callable[[], Tensor]:
    return lambda: torch.randn(shape).masked_fill(torch.rand(shape) > 0.8, -torch.inf)


FOUR_AXES = {
    "plain": Call(),
    "custom scale": Call(options={"scale": 0.3}),
    "negative scale": Call(options={"scale": -2.0}),
    "boolean mask": Call(mask=boolean(BATCH, HEADS, QUERIES, KEYS)),
    "boolean mask for all": Call(mask=boolean(QUERIES, KEYS)),
    "boolean mask a head": Call(mask=boolean(HEADS, QUERIES, KEYS)),
    "padding mask": Call(mask=boolean(BATCH, 1, 1, KEYS)),
    "float mask": Call(mask=floating(BATCH, HEADS, QUERIES, KEYS)),
    "float mask a head": Call(mask=floating(1, HEADS, QUERIES, KEYS)),
    "causal": Call(k=(BATCH, HEADS, QUERIES, WIDTH), options={"is_causal": True}),
    "causal with more keys": Call(options={"is_causal": True}),
    "causal with fewer keys": Call(k=(BATCH, HEADS, 3, WIDTH), options={"is_causal": True}),
    "grouped queries": Call(k=(BATCH, 2, KEYS, WIDTH), options={"enable_gqa": True}),
    "grouped and masked": Call(k=(BATCH, 3, KEYS, WIDTH), mask=boolean(HEADS, QUERIES, KEYS), options={"enable_gqa": True}),
    "float64": Call(dtype=torch.float64),
    "bfloat16": Call(dtype=torch.bfloat16),
    "float16": Call(dtype=torch.float16),
}
FEWER_AXES = {
    "2-D": Call(q=(QUERIES, WIDTH), k=(KEYS, WIDTH)),
    "3-D": Call(q=(HEADS, QUERIES, WIDTH), k=(HEADS, KEYS, WIDTH)),
    "3-D masked": Call(q=(HEADS, QUERIES, WIDTH), k=(HEADS, KEYS, WIDTH), mask=boolean(HEADS, QUERIES, KEYS)),
}
WINDOWS = 4
WINDOW_AXES = {"q": (BATCH, HEADS, WINDOWS, QUERIES, WIDTH), "k": (BATCH, HEADS, WINDOWS, KEYS, WIDTH)}
FIVE_AXES = {
    "5-D": Call(**WINDOW_AXES),
    "5-D with a mask for all": Call(**WINDOW_AXES, mask=boolean(QUERIES, KEYS)),
    "5-D with a mask a window": Call(**WINDOW_AXES, mask=boolean(WINDOWS, QUERIES, KEYS)),
    "5-D with a mask a head": Call(**WINDOW_AXES, mask=boolean(BATCH, HEADS, 1, QUERIES, KEYS)),
    "5-D with a whole mask": Call(**WINDOW_AXES, mask=floating(BATCH, HEADS, WINDOWS, QUERIES, KEYS)),
}
ALL = {**FOUR_AXES, **FEWER_AXES, **FIVE_AXES}


def eager(q: Tensor, k: Tensor, attn_mask: Tensor | None = None, **options: Any) -> Tensor:
    """Return the softmax in float64, written out as in torch's documentation of `scaled_dot_product_attention`.

    No row is NaN.
    """
    if options.get("enable_gqa"):
        k = k.repeat_interleave(q.shape[1] // k.shape[1], 1)
    scores = q.double() @ k.double().transpose(-2, -1) * options.get("scale", 1 / math.sqrt(q.shape[-1]))
    if options.get("is_causal"):
        attn_mask = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril()
    if attn_mask is not None:
        bias = torch.zeros(attn_mask.shape).masked_fill(~attn_mask, -torch.inf) if attn_mask.dtype == torch.bool else attn_mask
        scores = scores + bias
    return scores.softmax(-1).nan_to_num(0.0)


def as_record(weights: Tensor) -> Tensor:
    """Return weights with any number of axes in the order of a LayerRecord. Windows become part of the batch."""
    if weights.ndim == 5:
        return weights.movedim(2, 1).reshape(-1, *weights.shape[1:2], *weights.shape[-2:])
    return weights.reshape((1,) * (4 - weights.ndim) + weights.shape)


class Heads(nn.Module):
    """Calls torch's attention and has an attribute with the number of heads.

    With five axes, nothing else states this number.
    """

    num_heads = HEADS

    def forward(self, *tensors: Tensor, **options: Any) -> Tensor:
        return F.scaled_dot_product_attention(*tensors, **options)


def recorded(call: Call) -> tuple[LayerRecord, Tensor]:
    """Return the record of the call, and its weights by `eager`."""
    (q, k, v), arguments = call.tensors(), call.arguments()
    with record_attention() as record:
        Heads()(q, k, v, **arguments)
    (layer,) = record.layers
    return layer, as_record(eager(q, k, **arguments))


def assert_near(actual: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(actual.double(), expected, atol=1e-13 if actual.dtype == torch.float64 else 1e-6, rtol=0)


@pytest.mark.parametrize("name", ALL)
def test_rows_and_weights_equal_an_eager_softmax(name: str) -> None:
    layer, expected = recorded(ALL[name])
    assert layer.weights().dtype == (torch.float64 if name == "float64" else torch.float32)
    assert_near(layer.weights(), expected)
    assert_near(layer.rows([4, 0]), expected[:, :, [4, 0]])
    assert_near(layer.rows([1], temperature=1.0), expected[:, :, [1]])


@pytest.mark.parametrize("name", ALL)
def test_one_heads_weights_are_a_slice_of_all(name: str) -> None:
    layer, expected = recorded(ALL[name])
    for head in range(layer.num_heads):
        assert_near(layer.weights(head=head), expected[:, head])


@pytest.mark.parametrize("name", ALL)
def test_columns_are_the_columns_of_the_weights(name: str) -> None:
    layer, expected = recorded(ALL[name])
    keys = [layer.num_keys - 1, 0]
    assert_near(layer.columns(keys), expected[..., keys])


@pytest.mark.parametrize("name", ALL)
def test_weights_times_values_equal_the_models_output(name: str) -> None:
    (q, k, v), arguments = ALL[name].tensors(), ALL[name].arguments()
    with record_attention() as record:
        output = Heads()(q, k, v, **arguments)
    (layer,) = record.layers
    v = layer.v.repeat_interleave(layer.num_heads // layer.v.shape[1], 1)
    half = v.dtype in (torch.float16, torch.bfloat16)
    torch.testing.assert_close(
        layer.weights() @ v.to(layer.weights().dtype),
        as_record(output).to(layer.weights().dtype),
        **({"atol": 2e-2, "rtol": 0} if half else {}),
    )


@pytest.mark.parametrize("temperature", [0.25, 3.0])
@pytest.mark.parametrize("name", ["plain", "float mask", "causal", "grouped queries", "5-D"])
def test_temperature_divides_the_masked_scores(name: str, temperature: float) -> None:
    layer, expected = recorded(ALL[name])
    hotter = (expected.log() / temperature).softmax(-1)
    assert_near(layer.weights(temperature=temperature), hotter)
    assert_near(layer.rows([3], temperature), hotter[:, :, [3]])
    assert_near(layer.columns([2], temperature), hotter[..., [2]])


def test_rows_agree_with_the_lessons_attention() -> None:
    call = FOUR_AXES["boolean mask"]
    (q, k, v), arguments = call.tensors(), call.arguments()
    with record_attention() as record:
        F.scaled_dot_product_attention(q, k, v, **arguments)
    trace = attention(q, k, v, mask=arguments["attn_mask"])
    for temperature in (0.0, 1.0, math.inf):
        rows = record.layers[0].rows(range(QUERIES), temperature)
        torch.testing.assert_close(rows, attention(q, k, v, mask=trace.masked > -torch.inf, temperature=temperature).weights)


def test_a_fully_masked_row_is_zero_everywhere() -> None:
    mask = torch.ones(QUERIES, KEYS, dtype=torch.bool)
    mask[2] = False
    layer, _ = recorded(Call(mask=lambda: mask))
    assert (
        (layer.rows([2]) == 0).all() and (layer.weights()[:, :, 2] == 0).all() and (layer.columns([1, 3])[:, :, 2] == 0).all()
    )
    assert (layer.logsumexp()[..., 2] == -torch.inf).all()


def test_sizes_are_not_mixed_up() -> None:
    layer, _ = recorded(Call(k=(BATCH, 2, KEYS, WIDTH), options={"enable_gqa": True}))
    assert (layer.num_heads, layer.num_queries, layer.num_keys) == (HEADS, QUERIES, KEYS)
    assert layer.k.shape == (BATCH, 2, KEYS, WIDTH) and layer.scale == 1 / math.sqrt(WIDTH)


def test_positional_arguments_are_understood() -> None:
    q, k, v = Call().tensors()
    mask = torch.randn(QUERIES, KEYS)
    with record_attention() as record:
        F.scaled_dot_product_attention(q, k, v, mask, 0.0, False, scale=0.5)
    assert_near(record.layers[0].weights(), eager(q, k, mask, scale=0.5))


def test_the_logsumexp_of_rows_is_kept_for_each_temperature(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, expected = recorded(Call())
    first = layer.logsumexp(2.0)
    monkeypatch.setattr(LayerRecord, "query_blocks", lambda self: pytest.fail("computed again"))
    assert torch.equal(layer.logsumexp(2.0), first)
    assert_near(layer.columns([1], 2.0), (expected.log() / 2).softmax(-1)[..., [1]])
    monkeypatch.undo()
    scores = layer.q.double() @ layer.k.double().transpose(-2, -1) / math.sqrt(WIDTH)
    assert_near(layer.logsumexp(), scores.exp().sum(-1).log())
    assert_near(layer.logsumexp(2.0), (scores / 2).exp().sum(-1).log())


def test_blocks_of_queries_give_the_same_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_core.capture.layer_record.BLOCK_ELEMENTS", 2 * BATCH * HEADS * KEYS)
    monkeypatch.setattr("attention_core.capture.layer_record.BLOCK_ROWS", 1)
    layer, expected = recorded(Call())
    assert [block.tolist() for block in layer.query_blocks()] == [[0, 1], [2, 3], [4]]
    assert_near(layer.columns([6]), expected[..., [6]])


@pytest.mark.parametrize("temperature", [0.0, math.inf, -1.0, math.nan])
def test_columns_need_a_finite_temperature_above_zero(temperature: float) -> None:
    with pytest.raises(ValueError, match=f"above 0 and finite here, received {temperature}"):
        recorded(Call())[0].columns([0], temperature)


@pytest.mark.parametrize("sizes", [(QUERIES, 8), (8, KEYS)])
def test_a_large_matrix_is_refused_with_advice(sizes: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_core.capture.layer_record.MAX_MATRIX_TOKENS", 7)
    queries, keys = sizes
    layer, expected = recorded(Call(q=(1, 2, queries, WIDTH), k=(1, 2, keys, WIDTH)))
    for head in (None, 0):
        with pytest.raises(ValueError, match=rf"{queries} × {keys} .*limit of 7 tokens.*rows\(.*columns\(.*pooled_weights"):
            layer.weights(head=head)
    assert_near(layer.rows([4]), expected[:, :, [4]])


def test_a_matrix_at_the_limit_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_core.capture.layer_record.MAX_MATRIX_TOKENS", KEYS)
    layer, expected = recorded(Call())
    assert_near(layer.weights(), expected)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda layer: layer.rows([0, QUERIES]), "query must be 0–4, received 5"),
        (lambda layer: layer.rows([-1]), "query must be 0–4, received -1"),
        (lambda layer: layer.columns([KEYS]), "key must be 0–6, received 7"),
        (lambda layer: layer.columns([0, -1]), "key must be 0–6, received -1"),
        (lambda layer: layer.weights(head=HEADS), "head must be 0–5, received 6"),
        (lambda layer: layer.weights(head=-1), "head must be 0–5, received -1"),
    ],
)
def test_values_out_of_range_are_refused(ask: Callable[[LayerRecord], Tensor], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask(recorded(Call())[0])


class TwoLayers(nn.Module):
    """Fused projections, heads and residuals, as in timm. The second layer has fewer heads."""

    def __init__(self, width: int = 12) -> None:
        super().__init__()
        self.qkv = nn.ModuleList(nn.Linear(width, 3 * width) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        for qkv, heads in zip(self.qkv, (6, 2), strict=True):
            batch, tokens, width = x.shape
            parts = qkv(x).view(batch, tokens, 3, heads, width // heads)
            q, k, v = parts.permute(2, 0, 3, 1, 4).unbind(0)
            x = x + F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
        return x


def test_layers_come_in_the_order_of_the_calls() -> None:
    with record_attention() as record:
        TwoLayers()(torch.randn(2, 5, 12))
    assert [layer.q.shape for layer in record.layers] == [(2, 6, 5, 2), (2, 2, 5, 6)]


@pytest.mark.parametrize("keep_v", [True, False])
def test_the_models_output_is_the_same_to_the_bit(keep_v: bool) -> None:
    module, x = TwoLayers(), torch.randn(2, 50, 12)
    alone = module(x)
    with record_attention(keep_v):
        watched = module(x)
    assert torch.equal(alone, watched)


@pytest.mark.parametrize("name", ALL)
def test_every_calls_output_is_the_same_to_the_bit(name: str) -> None:
    (q, k, v), arguments = ALL[name].tensors(), ALL[name].arguments()
    alone = F.scaled_dot_product_attention(q, k, v, **arguments)
    with record_attention():
        watched = F.scaled_dot_product_attention(q, k, v, **arguments)
    assert torch.equal(alone, watched)


def test_gradients_flow_and_the_record_is_detached() -> None:
    module, x = TwoLayers(), torch.randn(2, 5, 12, requires_grad=True)
    (alone,) = torch.autograd.grad(module(x).square().sum(), x)
    with record_attention() as record:
        loss = module(x).square().sum()
    (watched,) = torch.autograd.grad(loss, x)
    assert torch.equal(alone, watched)
    for layer in record.layers:
        assert not any(tensor.requires_grad for tensor in (layer.q, layer.k, layer.v, layer.rows([0]), layer.columns([0])))


def test_a_learned_mask_is_detached() -> None:
    bias = torch.randn(QUERIES, KEYS, requires_grad=True)
    layer, _ = recorded(Call(mask=lambda: bias))
    assert not layer.mask.requires_grad and not layer.weights().requires_grad


def test_inference_mode_is_recorded() -> None:
    x = torch.randn(2, 5, 12)
    module = TwoLayers()
    with torch.inference_mode(), record_attention() as record:
        module(x)
    layer = record.layers[1]
    assert_near(layer.weights(), eager(layer.q, layer.k))
    assert_near(layer.columns([3]), eager(layer.q, layer.k)[..., [3]])


def assert_nothing_is_watched(record: Any) -> None:
    count = len(record.layers)
    F.scaled_dot_product_attention(*Call().tensors())
    assert len(record.layers) == count


def test_nothing_is_recorded_after_the_block() -> None:
    with record_attention() as record:
        TwoLayers()(torch.randn(1, 5, 12))
    assert len(record.layers) == 2
    assert_nothing_is_watched(record)


def test_an_exception_leaves_nothing_behind() -> None:
    with pytest.raises(KeyError, match="stop"), record_attention() as record:
        F.scaled_dot_product_attention(*Call().tensors())
        raise KeyError("stop")
    assert len(record.layers) == 1
    assert_nothing_is_watched(record)


def test_a_call_that_fails_is_not_a_layer() -> None:
    q, k, v = Call().tensors()
    with record_attention() as record:
        with pytest.raises(RuntimeError):
            F.scaled_dot_product_attention(q, k[..., :-1], v)
        F.scaled_dot_product_attention(q, k, v)
    assert len(record.layers) == 1
    assert_nothing_is_watched(record)


def test_nested_blocks_both_record() -> None:
    module, x = TwoLayers(), torch.randn(1, 5, 12)
    with record_attention() as outer:
        module(x)
        with record_attention(keep_v=False) as inner:
            module(x)
        module(x)
    assert (len(outer.layers), len(inner.layers)) == (6, 2)
    assert torch.equal(outer.layers[2].q, inner.layers[0].q)
    assert outer.layers[2].v is not None and inner.layers[0].v is None
    assert_nothing_is_watched(outer)


def test_blocks_that_follow_each_other_start_empty() -> None:
    counts = []
    for _ in range(3):
        with record_attention() as record:
            F.scaled_dot_product_attention(*Call().tensors())
        counts.append(len(record.layers))
    assert counts == [1, 1, 1]


def test_threads_do_not_see_each_others_calls() -> None:
    records = {}

    def work(name: int) -> None:
        with record_attention() as record:
            for _ in range(name):
                F.scaled_dot_product_attention(*Call(q=(1, 1, name, WIDTH)).tensors())
        records[name] = record

    with record_attention() as mine:
        threads = [Thread(target=work, args=(name,)) for name in (1, 2, 3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        F.scaled_dot_product_attention(*Call(q=(1, 1, 9, WIDTH)).tensors())
    assert [layer.num_queries for layer in mine.layers] == [9]
    for name in (1, 2, 3):
        assert [layer.num_queries for layer in records[name].layers] == [name] * name


def test_attention_of_plain_vectors_is_one_head() -> None:
    x = torch.randn(3, 4)
    with record_attention() as record:
        torch.softmax(x @ x.T, -1) @ x
    torch.testing.assert_close(record[0].weights(), torch.softmax(x @ x.T, -1)[None, None])


def test_other_torch_functions_are_not_layers() -> None:
    x = torch.randn(3, 4)
    with record_attention() as record:
        torch.softmax(x, -1).sum() + F.linear(x, x).relu().sum() + (x @ x.T).exp().sum()
    assert record.layers == [] and record.nbytes == 0


@pytest.mark.parametrize("variant", [causal_upper_left, causal_lower_right])
def test_torchs_own_causal_masks_keep_their_meaning(variant: Callable[[int, int], Tensor]) -> None:
    q, k = torch.randn(2, 4, 3, 8), torch.randn(2, 4, 6, 8)
    with record_attention() as record:
        output = F.scaled_dot_product_attention(q, k, k, variant(3, 6))
    torch.testing.assert_close(record[0].weights() @ k, output)


@pytest.mark.parametrize("sizes", [((2, 1), (2, 4)), ((1, 4), (3, 4)), ((3, 4), (1, 4)), ((2, 4), (2, 1))])
def test_broadcast_tensors_cover_all_images_and_heads(sizes: tuple[tuple[int, int], tuple[int, int]]) -> None:
    q, k = torch.randn(*sizes[0], 5, 8), torch.randn(*sizes[1], 7, 8)
    with record_attention() as record:
        output = F.scaled_dot_product_attention(q, k, k)
    (layer,) = record
    assert layer.q.shape[:2] == output.shape[:2] and record.nbytes == q.nbytes + 2 * k.nbytes
    torch.testing.assert_close(layer.weights(), (q @ k.mT / 8**0.5).softmax(-1).expand(*output.shape[:2], 5, 7))


@pytest.mark.parametrize("temperature", [1e-13, 1e-16, 1e-300])
def test_columns_at_any_temperature_are_those_of_the_rows(temperature: float) -> None:
    layer, _ = recorded(Call())
    keys = list(range(layer.num_keys))
    torch.testing.assert_close(layer.columns(keys, temperature), layer.weights(temperature=temperature), atol=1e-5, rtol=0)


def test_nan_is_not_hidden() -> None:
    q, k, v = torch.randn(3, 1, 2, 5, 4)
    q[0, 0, 1, 0] = torch.nan
    with record_attention() as record:
        F.scaled_dot_product_attention(q, k, v)
    assert record[0].rows([1])[0, 0].isnan().all() and record[0].columns([2])[0, 0, 1].isnan().all()
    assert not record[0].rows([0]).isnan().any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": torch.int8}, "dtype must be a floating-point type of torch, such as torch.float16, received torch.int8"),
        ({"dtype": "float16"}, "dtype must be a floating-point type"),
        ({"device": "gpu"}, "device must be one of torch's, such as 'cpu' or 'cuda', received 'gpu'"),
        ({"only": 0}, "only must be a list of numbers of calls, counted from 0"),
        ({"only": [-1]}, "only must be a list of numbers of calls, counted from 0"),
    ],
)
def test_wrong_options_are_refused_before_the_model_runs(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message), record_attention(**options):
        pytest.fail("the model was run")


def one_projection(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Turn (B, N, 3·H·d) into q, k and v, three views of one storage."""
    q, k, v = x.view(2, 5, 3, 6, 4).permute(2, 0, 3, 1, 4).unbind(0)
    return q, k, v


def three_in_a_row(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Do the same, but make each view contiguous."""
    q, k, v = x.view(3, 2, 6, 5, 4).unbind(0)
    return q, k, v


def scaled_first(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """q has its own storage. k and v share one."""
    q, k, v = one_projection(x)
    return q * 2, k, v


@pytest.mark.parametrize("split", [one_projection, three_in_a_row, scaled_first])
def test_without_v_nothing_of_v_stays_alive(split: Callable[[Tensor], tuple[Tensor, Tensor, Tensor]]) -> None:
    q, k, v = split(torch.randn(2, 5, 72))
    with record_attention(keep_v=False) as record:
        F.scaled_dot_product_attention(q, k, v)
    (layer,) = record.layers
    assert layer.v is None
    assert v.untyped_storage().data_ptr() not in {kept.untyped_storage().data_ptr() for kept in (layer.q, layer.k)}
    assert layer.nbytes == record.nbytes == 2 * (2 * 6 * 5 * 4) * 4
    assert_near(layer.weights(), eager(q, k))


def test_references_are_kept_on_request_and_copies_otherwise() -> None:
    q, k, v = torch.randn(3, 2, 3, 5, 4)
    with record_attention(copy=False) as by_reference, record_attention() as copied:
        F.scaled_dot_product_attention(q, k, v)
    assert by_reference.layers[0].k.data_ptr() == k.data_ptr() != copied.layers[0].k.data_ptr()
    before = copied.layers[0].weights()
    k.zero_()
    assert torch.equal(copied.layers[0].weights(), before)
    assert not torch.allclose(by_reference.layers[0].weights(), before)


def test_a_broadcast_mask_takes_only_its_own_memory() -> None:
    q, k, v = torch.randn(3, 2, 3, 5, 4)
    mask = torch.rand(1, 1, 1, 5).expand(2, 3, 5, 5)
    with record_attention(keep_v=False) as record:
        F.scaled_dot_product_attention(q, k, v, mask)
    assert record.nbytes == q.nbytes + k.nbytes + 5 * 4
    torch.testing.assert_close(record.layers[0].weights(), (q @ k.mT / 2 + mask).softmax(-1))


def test_keys_that_equal_queries_are_stored_once() -> None:
    x = torch.randn(1, 1, 5, 4)
    with record_attention(keep_v=False) as record:
        F.scaled_dot_product_attention(x, x, x)
    assert record.layers[0].k is record.layers[0].q
    assert record.nbytes == x.nbytes


def test_nbytes_counts_the_stored_tensors() -> None:
    mask = torch.rand(QUERIES, KEYS) > 0.4
    calls = [Call(), Call(mask=lambda: mask), Call(dtype=torch.bfloat16)]
    with record_attention() as record:
        for call in calls:
            F.scaled_dot_product_attention(*call.tensors(), **call.arguments())
    numbers = BATCH * HEADS * (QUERIES * WIDTH + KEYS * WIDTH + KEYS * VALUE_WIDTH)
    assert [layer.nbytes for layer in record.layers] == [4 * numbers, 4 * numbers + QUERIES * KEYS, 2 * numbers]
    assert record.nbytes == sum(layer.nbytes for layer in record.layers)


class LargestTensor(TorchDispatchMode):
    """Notes the largest storage of any tensor that an operation returns, in elements.

    A broadcast view counts by its small storage.
    """

    elements = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, Tensor):
                self.elements = max(self.elements, leaf.untyped_storage().nbytes() // leaf.element_size())
        return result


def long_layer(tokens: int, **options: Any) -> LayerRecord:
    return LayerRecord(torch.randn(1, 1, tokens, 8), torch.randn(1, 1, tokens, 8), None, 0.5, **options)


@pytest.mark.parametrize("options", [{}, {"is_causal": True}, {"mask": torch.arange(20_000)[None, None, None] % 3 > 0}])
def test_rows_never_need_a_whole_matrix(options: dict[str, Any]) -> None:
    layer = long_layer(20_000, **options)
    with LargestTensor() as largest:
        rows = layer.rows([7, 19_999])
    assert largest.elements <= 20_000 * 8 < 20_000**2 / 10
    torch.testing.assert_close(rows.sum(-1), torch.ones(1, 1, 2))


def test_columns_never_need_a_whole_matrix() -> None:
    layer = long_layer(8_000)
    with LargestTensor() as largest:
        columns = layer.columns([7])
    assert largest.elements < 8_000**2 / 10
    assert columns.shape == (1, 1, 8_000, 1)


def test_the_count_of_elements_notices_a_matrix() -> None:
    with LargestTensor() as largest:
        long_layer(300).weights()
    assert largest.elements == 300**2


@pytest.mark.parametrize("order", ["qk", "kq"])
@pytest.mark.parametrize("dtype", [None, torch.float64])
def test_parts_of_one_projection_are_copied_unchanged(order: str, dtype: torch.dtype | None) -> None:
    first, second, v = torch.randn(2, 5, 3, 4, 8).permute(2, 0, 3, 1, 4)
    q, k = (first, second) if order == "qk" else (second, first)
    expected_q, expected_k = q.clone(), k.clone()
    with record_attention(dtype=dtype) as record:
        F.scaled_dot_product_attention(q, k, v)
    first.zero_(), second.zero_()
    assert torch.equal(record[0].q.float(), expected_q) and torch.equal(record[0].k.float(), expected_k)
