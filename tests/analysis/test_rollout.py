import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_core import AttentionRecord, LayerRecord, record_attention
from attention_core.analysis.rollout import FUSIONS, rollout
from tests.recording.test_record import LargestTensor

BATCH, HEADS, TOKENS, WIDTH = 2, 3, 11, 4
DEPTH = 4


def layer(index: int = 0, **options: Any) -> LayerRecord:
    shape = options.pop("shape", (BATCH, HEADS, TOKENS, WIDTH))
    q, k = (3 * torch.randn(2, *shape, dtype=options.pop("dtype", torch.float32))).unbind(0)
    return LayerRecord(**{"q": q, "k": k, "v": None, "scale": 0.5, "path": f"blocks.{index}.attn", "index": index} | options)


def in_the_open(weights: Tensor, **options: Any) -> LayerRecord:
    """Return a layer that computed these weights (B, H, N, N) by an explicit softmax."""
    empty = weights.new_empty(*weights.shape[:3], 0)
    return layer(**{"q": empty, "k": empty, "scale": 1.0, "softmaxed": weights} | options)


def grouped(index: int, **options: Any) -> LayerRecord:
    return layer(index, k=torch.randn(BATCH, 1, TOKENS, WIDTH), **options)


def masked(index: int) -> LayerRecord:
    """Return a layer with a boolean mask that differs by head and image.

    One row attends to nothing in any head, another in all heads but one.
    """
    mask = torch.rand(BATCH, HEADS, TOKENS, TOKENS) > 0.5
    mask[:, :, 3] = False
    mask[:, :, 6] = False
    mask[:, 1, 6, 2:5] = True
    return layer(index, mask=mask)


STACKS: dict[str, Callable[[], list[LayerRecord]]] = {
    "plain": lambda: [layer(index) for index in range(DEPTH)],
    "one layer": lambda: [layer()],
    "float64": lambda: [layer(index, dtype=torch.float64) for index in range(DEPTH)],
    "float16": lambda: [layer(index, q=torch.randn(BATCH, HEADS, TOKENS, WIDTH).half()) for index in range(DEPTH)],
    "masked": lambda: [masked(index) for index in range(DEPTH)],
    "float mask": lambda: [layer(index, mask=torch.randn(1, HEADS, TOKENS, TOKENS)) for index in range(DEPTH)],
    "causal": lambda: [layer(index, is_causal=True) for index in range(DEPTH)],
    "grouped": lambda: [grouped(index) for index in range(DEPTH)],
    "in the open": lambda: [in_the_open(torch.randn(BATCH, HEADS, TOKENS, TOKENS).softmax(-1)) for _ in range(DEPTH)],
    "other heads in each": lambda: [layer(index, shape=(BATCH, 1 + index, TOKENS, WIDTH)) for index in range(DEPTH)],
    "all kinds": lambda: [layer(0), masked(1), grouped(2), layer(3, is_causal=True)],
}
OPTIONS = {
    "mean": {},
    "max": {"fusion": "max"},
    "min": {"fusion": "min"},
    "mean, discarding": {"discard": 0.5},
    "max, discarding": {"fusion": "max", "discard": 0.9},
    "min, discarding": {"fusion": "min", "discard": 0.3},
    "no residual": {"residual": 0.0},
    "much residual": {"residual": 0.9, "fusion": "max"},
}


def plain(layers: list[LayerRecord], fusion: str = "mean", residual: float = 0.5, discard: float = 0.0) -> Tensor:
    """Return the rollout of all queries, (B, N, N), computed with whole matrices in float64 and loops over rows."""
    result: Tensor | None = None
    for each in layers:
        weights = each.weights().double()
        matrix = {"mean": weights.mean(1), "max": weights.amax(1), "min": weights.amin(1)}[fusion]
        for row in matrix.flatten(0, 1):
            for key in row.argsort()[: math.floor(round(discard * len(row), 6))]:
                row[key] = 0
        for image in range(matrix.shape[0]):
            for query in range(matrix.shape[1]):
                total = matrix[image, query].sum()
                if total == 0:
                    matrix[image, query, query] = 1
                else:
                    matrix[image, query] /= total
        matrix = residual * torch.eye(matrix.shape[1], dtype=torch.float64) + (1 - residual) * matrix
        matrix = matrix / matrix.sum(-1, keepdim=True)
        result = matrix if result is None else matrix @ result
    assert result is not None
    return result


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("stack", STACKS)
def test_it_agrees_with_whole_matrices_for_every_query(stack: str, options: str) -> None:
    layers = STACKS[stack]()
    expected = plain(layers, **OPTIONS[options])
    for query in range(TOKENS):
        rolled = rollout(layers, query, **OPTIONS[options])
        assert rolled.dtype == (torch.float64 if stack == "float64" else torch.float32)
        torch.testing.assert_close(rolled.double(), expected[:, query], atol=1e-5, rtol=0)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("stack", STACKS)
def test_every_row_is_a_distribution(stack: str, options: str) -> None:
    layers = STACKS[stack]()
    for query in range(TOKENS):
        rolled = rollout(layers, query, **OPTIONS[options])
        assert rolled.shape == (BATCH, TOKENS) and rolled.min() >= 0
        torch.testing.assert_close(rolled.sum(-1), rolled.new_ones(BATCH), atol=1e-5, rtol=0)


@pytest.mark.parametrize("options", OPTIONS)
def test_a_rollout_without_tokens_equals_one_of_layers_that_mask_them(options: str) -> None:
    layers = STACKS["plain"]()
    allowed = torch.ones(1, 1, TOKENS, TOKENS, dtype=torch.bool)
    allowed[..., [2, 7]] = False
    for query in (0, 2):
        rolled = rollout(layers, query, **OPTIONS[options], without=[7, 2])
        expected = rollout([replace(each, mask=allowed) for each in layers], query, **OPTIONS[options])
        torch.testing.assert_close(rolled, expected)
        assert rolled[:, 7].abs().sum() == 0
    alone = rollout(STACKS["masked"](), 4, without=range(TOKENS))
    assert torch.equal(alone, torch.eye(TOKENS)[4].expand(BATCH, TOKENS)), "a token that may attend to none stays itself"


@pytest.mark.parametrize("wrong", [[TOKENS], [-1], [1.5]])
def test_missing_tokens_cannot_be_left_out(wrong: Any) -> None:
    with pytest.raises(ValueError, match="without"):
        rollout(STACKS["plain"](), 0, without=wrong)


@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("discard", [0.0, 0.4])
def test_blocks_change_nothing(fusion: Any, discard: float, monkeypatch: pytest.MonkeyPatch) -> None:
    layers = STACKS["all kinds"]()
    whole = rollout(layers, 4, fusion, discard=discard)
    monkeypatch.setattr("attention_core.capture.layer_record.BLOCK_ELEMENTS", 1)
    monkeypatch.setattr("attention_core.capture.layer_record.BLOCK_ROWS", 2)
    torch.testing.assert_close(rollout(layers, 4, fusion, discard=discard), whole)


def test_layers_count_from_the_last_to_the_first() -> None:
    """Token 0 attends to 1 in the last layer, and 1 attends to 2 in the first. So everything that arrives at 0 came from 2."""
    to_next = torch.eye(3).roll(1, 1)[None, None]
    stay = torch.eye(3)[None, None]
    stay_but_one = stay.clone()
    stay_but_one[0, 0, 1] = torch.tensor([0.0, 0.0, 1.0])
    first, last = in_the_open(stay_but_one), in_the_open(to_next)
    assert rollout([first, last], 0, residual=0.0).tolist() == [[0, 0, 1]]
    assert rollout([last, first], 0, residual=0.0).tolist() == [[0, 1, 0]]


def test_a_full_residual_keeps_only_the_query() -> None:
    assert torch.equal(rollout(STACKS["plain"](), 7, residual=1.0), F.one_hot(torch.tensor([7, 7]), TOKENS).float())


def test_a_fully_masked_row_is_the_identity() -> None:
    mask = torch.ones(1, 1, TOKENS, TOKENS, dtype=torch.bool)
    mask[..., 5, :] = False
    rolled = rollout([layer(mask=mask)], 5)
    assert torch.equal(rolled, F.one_hot(torch.tensor([5, 5]), TOKENS).float())


def test_min_of_heads_with_nothing_in_common_is_the_identity() -> None:
    heads = torch.stack([torch.eye(4), torch.eye(4).roll(1, 1)])[None]
    assert rollout([in_the_open(heads)], 2, "min", residual=0.0).tolist() == [[0, 0, 1, 0]]


def test_weights_are_discarded_per_row_and_the_rest_is_normalised() -> None:
    weights = torch.tensor([[0.5, 0.25, 0.15, 0.1], [0.4, 0.3, 0.2, 0.1], [0.25] * 4, [0.1, 0.2, 0.3, 0.4]])
    layers = [in_the_open(weights[None, None])]

    def row(query: int, discard: float) -> list[float]:
        return [round(value, 5) for value in rollout(layers, query, residual=0.0, discard=discard)[0].tolist()]

    assert row(0, 0.24) == [0.5, 0.25, 0.15, 0.1]
    assert row(0, 0.25) == [round(value / 0.9, 5) for value in (0.5, 0.25, 0.15, 0)]
    assert row(3, 0.5) == [0, 0, round(3 / 7, 5), round(4 / 7, 5)]
    assert row(0, 0.99) == [1, 0, 0, 0] and row(1, 0.99) == [1, 0, 0, 0] and row(3, 0.99) == [0, 0, 0, 1]
    assert row(2, 0.5) == [0.25] * 4  # ties stay


def test_the_share_discarded_does_not_lose_one_to_rounding() -> None:
    ramp = torch.arange(1.0, 101)
    layers = [in_the_open((ramp / ramp.sum()).expand(1, 1, 100, 100))]
    assert 0.29 * 100 < 29
    assert (rollout(layers, 0, residual=0.0, discard=0.29) == 0).sum() == 29
    assert (rollout(layers, 0, residual=0.0, discard=math.nextafter(1, 0)) > 0).sum() == 1


def test_rows_with_weight_0_are_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []
    scores = LayerRecord.scores

    def spy(self: LayerRecord, queries: Tensor, *rest: Any) -> Tensor:
        asked.append(queries.tolist())
        return scores(self, queries, *rest)

    monkeypatch.setattr(LayerRecord, "scores", spy)
    rollout([layer(0), layer(1, is_causal=True), layer(2, is_causal=True)], 4)
    assert asked == [[4], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]


def test_a_row_that_one_image_needs_is_computed_for_all() -> None:
    """The images of a batch share their blocks of queries, but each image gets its own rollout."""
    mask = torch.ones(BATCH, 1, TOKENS, TOKENS, dtype=torch.bool)
    mask[0, :, 2, 1:] = False
    layers = [layer(0), layer(1, mask=mask)]
    torch.testing.assert_close(rollout(layers, 2).double(), plain(layers)[:, 2], atol=1e-5, rtol=0)


@pytest.mark.parametrize("options", OPTIONS)
def test_no_whole_matrix_is_computed(options: str) -> None:
    tokens = 4600
    layers = [layer(index, shape=(1, 2, tokens, 8)) for index in range(2)]
    with LargestTensor() as largest:
        rollout(layers, 0, **OPTIONS[options])
    assert 0 < largest.elements < tokens**2 / 10


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(12, 3, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.attn(x, x, x, need_weights=False)[0]


def test_the_record_of_a_model_rolls_out() -> None:
    model = nn.Sequential(*(Block() for _ in range(3))).eval()
    x = torch.randn(2, 7, 12)
    with torch.inference_mode(), record_attention(keep_v=False) as record:
        model(x)
    each, tokens = [], x
    for block in model:
        each.append(block.attn(tokens, tokens, tokens, average_attn_weights=True)[1].detach())
        tokens = block(tokens)
    matrices = [(weights.double() + torch.eye(7)) / 2 for weights in each]
    expected = matrices[2] @ matrices[1] @ matrices[0]
    torch.testing.assert_close(record.rollout(query=3).double(), expected[:, 3], atol=1e-5, rtol=0)
    torch.testing.assert_close(record.rollout(3, "max", 0.25, 0.5), rollout(record.layers, 3, "max", 0.25, 0.5))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"query": -1}, "query must be 0–10, received -1"),
        ({"query": TOKENS}, "query must be 0–10, received 11"),
        ({"fusion": "sum"}, "fusion must be one of mean, max, min, received 'sum'"),
        ({"residual": -0.1}, "residual must be 0–1, received -0.1"),
        ({"residual": 1.1}, "residual must be 0–1, received 1.1"),
        ({"residual": math.nan}, "residual must be 0–1, received nan"),
        ({"discard": 1.0}, "discard must be at least 0 and below 1, received 1.0"),
        ({"discard": -0.5}, "discard must be at least 0 and below 1, received -0.5"),
        ({"discard": math.nan}, "discard must be at least 0 and below 1, received nan"),
    ],
)
def test_options_that_do_not_exist_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rollout(STACKS["plain"](), **{"query": 0} | options)


def test_without_layers_there_is_no_rollout() -> None:
    with pytest.raises(ValueError, match="at least one layer, received none"):
        rollout([], 0)
    with pytest.raises(ValueError, match="no attention over tokens was seen"):
        AttentionRecord().rollout(0)


def test_a_layer_with_other_keys_than_queries_is_named() -> None:
    pooled = layer(12, q=torch.randn(BATCH, HEADS, 1, WIDTH), path="attn_pool")
    with pytest.raises(
        ValueError, match=r"layer 12 \(attn_pool\) has 1 queries and 11 keys. Leave it out with record_attention"
    ):
        rollout([layer(0), pooled], 0)


@pytest.mark.parametrize(("shape", "received"), [((2, 3, 5, 4), "2 and 5"), ((8, 3, 11, 4), "8 and 11")])
def test_a_layer_with_other_tokens_or_batch_than_the_first_is_named(shape: tuple[int, ...], received: str) -> None:
    message = rf"a batch of 2 and 11 tokens as in layer 0 \(blocks.0.attn\), received {received} in layer 1 \(blocks.1.attn\)"
    with pytest.raises(ValueError, match=message):
        rollout([layer(0), layer(1, shape=shape)], 0)


@pytest.mark.parametrize("which", ["q", "k", "mask", "softmaxed", "infinite"])
@pytest.mark.parametrize("options", OPTIONS)
def test_nan_is_one_clear_error(which: str, options: str) -> None:
    layers = STACKS["plain"]()
    if which == "softmaxed":
        layers[2] = in_the_open(torch.full((BATCH, HEADS, TOKENS, TOKENS), math.nan), index=2, path="blocks.2.attn")
    elif which == "mask":
        layers[2] = layer(2, mask=torch.full((1, 1, 1, TOKENS), math.nan))
    elif which == "infinite":
        layers[2].k[1, 2, 3, 0] = math.inf
        layers[2].q[1, 2, :, 0] = 1.0
    else:
        getattr(layers[2], which)[1, 2, 9, 0] = math.nan
    with pytest.raises(ValueError, match=r"layer 2 \(blocks.2.attn\) has NaN scores"):
        rollout(layers, 0, **OPTIONS[options])


def test_a_layer_without_a_path_is_named_by_its_number() -> None:
    with pytest.raises(ValueError, match="layer 5 has NaN scores"):
        rollout([layer(5, path="", scale=math.nan)], 0)


def test_progress_comes_layer_by_layer_and_can_cancel() -> None:
    told: list[int] = []
    layers = STACKS["plain"]()
    rolled = rollout(layers, 3, on_layer=told.append)
    assert told == list(range(1, len(layers) + 1)) and torch.equal(rolled, rollout(layers, 3))

    def stop(done: int) -> None:
        raise KeyboardInterrupt(done)

    with pytest.raises(KeyboardInterrupt, match="1"):
        rollout(layers, 3, on_layer=stop)
