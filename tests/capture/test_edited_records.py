"""A recording inside an edit holds what the model then did. Compared with loops over images, heads and queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from attention_core import LayerRecord, contributions, edit_attention, head_writes, record_attention
from attention_core.capture.block_record import BlockRecord
from tests.capture.edit_cases import CASES, HEADS, Case

FOLLOWED = [name for name in CASES if name != "windows before heads"]
"""The cases whose W_0 can be found."""
Loop = Callable[[Tensor, Tensor], tuple[Tensor, float]]
"""Takes one query's scores, with and without the mask.

Returns the weights by definition, and the factor of the head's output.
"""


def allowed(scores: Tensor) -> Tensor:
    return (scores > scores.max() - 50).double()


KINDS: dict[str, tuple[dict[str, Any], Loop]] = {
    "off": ({}, lambda scores, _: (scores.softmax(0), 0.0)),
    "mean": ({"output": "mean"}, lambda scores, _: (torch.full_like(scores, 1 / len(scores)), 1.0)),
    "even": ({"output": "even"}, lambda scores, _: (allowed(scores) / allowed(scores).sum(), 1.0)),
    "temperature": ({"temperature": 0.5}, lambda scores, _: ((scores / 0.5).softmax(0), 1.0)),
    "keys": ({"keys": 3}, lambda scores, keys: (scores.masked_fill(~keys, -torch.inf).softmax(0).nan_to_num(), 1.0)),
    "of one image": ({"images": 1}, lambda scores, _: (scores.softmax(0), 0.0)),
}


@contextmanager
def edits(case: Case, kind: str, layer: LayerRecord) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield which heads (B, H) of the layer are changed inside the block, and which keys (Nk,) they may attend to."""
    changes, keys = dict(KINDS[kind][0]), torch.arange(layer.num_keys) % 3 != 1
    heads: Any = HEADS
    changed = torch.zeros(len(layer.q), case.num_heads, dtype=torch.bool)
    changed[:, HEADS] = True
    if changes.pop("images", None):
        changed[0] = False
        heads = changed
    if "keys" in changes:
        changes["keys"] = keys
    with edit_attention(case.path, heads, **changes):
        yield changed, keys


def by_loops(plain: LayerRecord, changed: Tensor, keys: Tensor, loop: Loop) -> tuple[Tensor, Tensor]:
    """Return weights (B, H, Nq, Nk) and head outputs (B, H, Nq, dv) as the edit defines them."""
    scores, groups = plain.scores().double(), plain.num_heads // plain.v.shape[1]
    weights = scores.softmax(-1)
    outputs = scores.new_zeros(*scores.shape[:3], plain.v.shape[-1])
    for image in range(scores.shape[0]):
        for head in range(plain.num_heads):
            for query in range(plain.num_queries):
                factor = 1.0
                if changed[image, head]:
                    weights[image, head, query], factor = loop(scores[image, head, query], keys)
                values = plain.v[image, head // groups].double()
                outputs[image, head, query] = factor * (weights[image, head, query][:, None] * values).sum(0)
    return weights, outputs


def returned_by(case: Case) -> list[Tensor]:
    """Collect what attention returns from here on, with W_0, as (B, N, E) or (B, …, E)."""
    kept: list[Tensor] = []
    whole = case.module.get_submodule(case.path)
    own = isinstance(whole, nn.MultiheadAttention)

    def keep(_module: nn.Module, _args: Any, output: Any) -> None:
        tokens = output[0] if own else output
        kept.append(tokens.movedim(0, 1) if own and not whole.batch_first else tokens)

    (whole if own else case.joins).register_forward_hook(keep)
    return kept


def run(name: str) -> tuple[Case, LayerRecord, BlockRecord]:
    torch.manual_seed(0)
    case = CASES[name]()
    with record_attention(blocks=True) as record:
        case.run()
    layer = record[case.path]
    return case, layer, record.blocks[layer.index]


@pytest.mark.filterwarnings("ignore:.*nested")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FOLLOWED)
def test_recorded_writes_inside_an_edit_equal_the_models(name: str, kind: str) -> None:
    case, plain, _ = run(name)
    returned = returned_by(case)
    with edits(case, kind, plain) as (changed, keys), record_attention(blocks=True) as record:
        case.run()
    layer, block = record[case.path], record.blocks[plain.index]
    assert block.projection is not None, block.why_no_projection
    weights, outputs = by_loops(plain, changed, keys, KINDS[kind][1])
    torch.testing.assert_close(layer.weights().double(), weights, atol=1e-6, rtol=1e-5)
    parts = block.projection.of_heads(case.num_heads).double()
    expected = outputs @ parts.mT
    found = head_writes(layer, block.projection, range(layer.num_queries))
    torch.testing.assert_close(found.double(), expected, atol=2e-6, rtol=1e-5)
    norms = record.contributions()[record.layers.index(layer)]
    torch.testing.assert_close(norms.double(), expected.norm(dim=-1), atol=2e-6, rtol=1e-5)
    bias = 0 if block.projection.bias is None else block.projection.bias
    torch.testing.assert_close(found.sum(1) + bias, returned[0].reshape(found.sum(1).shape), atol=2e-6, rtol=1e-5)
    assert block.moves is not None, block.why_no_moves
    if kind in ("off", "of one image"):
        assert norms[changed].count_nonzero() == 0 < norms[~changed].min()


@pytest.mark.filterwarnings("ignore:.*nested")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FOLLOWED)
def test_a_recording_around_an_edit_is_unchanged(name: str, kind: str) -> None:
    """W_0 is still found, although its input has changed."""
    case, plain, block = run(name)
    with record_attention(blocks=True) as record, edits(case, kind, plain):
        case.run()
    layer, w_0 = record[case.path], record.blocks[plain.index].projection
    assert w_0 is not None and w_0.weight.data_ptr() == case.joins.weight.data_ptr()
    torch.testing.assert_close(layer.weights(), plain.weights())
    torch.testing.assert_close(contributions(layer, w_0), contributions(plain, block.projection))


@pytest.mark.parametrize("name", ["fused", "explicit softmax", "torch's own"])
def test_a_recording_between_two_edits_has_only_the_outer_one(name: str) -> None:
    case, plain, _ = run(name)
    with ExitStack() as stack:
        stack.enter_context(edit_attention(case.path, [1]))
        outer = stack.enter_context(record_attention(blocks=True))
        stack.enter_context(edit_attention(case.path, [2]))
        stack.enter_context(edit_attention(case.path, [3], temperature=0.5))
        inner = stack.enter_context(record_attention(blocks=True))
        case.run()
    at = outer.layers.index(outer[case.path])
    for record, off in ((outer, [1]), (inner, [1, 2])):
        norms = record.contributions()[at]
        assert [head for head in range(4) if norms[:, head].count_nonzero() == 0] == off
    torch.testing.assert_close(outer[case.path].weights(), plain.weights())
    torch.testing.assert_close(inner[case.path].weights(3), plain.weights(3, temperature=0.5), atol=1e-6, rtol=1e-5)
