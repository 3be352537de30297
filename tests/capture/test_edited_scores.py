"""Changing scores is the same as changing queries, masks and keys. Each image of a batch may have its own changed heads."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_core import edit_attention, record_attention
from tests.capture.edit_cases import CASES, HEADS, Case, vit


@pytest.fixture(params=CASES, ids=lambda name: name)
def case(request: pytest.FixtureRequest) -> Case:
    torch.manual_seed(0)
    return CASES[request.param]()


def on_qkv(q: Tensor, k: Tensor, v: Tensor, **changes: object) -> tuple[Tensor, Tensor]:
    """Return what torch's attention returns under the edit, and the weights that a recording inside it keeps."""
    with edit_attention("", HEADS, **changes), record_attention() as record:
        output = F.scaled_dot_product_attention(q, k, v)
    return output, record.layers[0].weights()


def test_sharper_and_flatter() -> None:
    q, k, v = torch.randn(2, 4, 5, 8), torch.randn(2, 4, 7, 8), torch.randn(2, 4, 7, 8)
    scores = q @ k.mT / 8**0.5
    for temperature in (0.25, 3.0):
        expected = scores.softmax(-1)
        expected[:, HEADS] = (scores[:, HEADS] / temperature).softmax(-1)
        output, weights = on_qkv(q, k, v, temperature=temperature)
        torch.testing.assert_close(output, expected @ v)
        torch.testing.assert_close(weights, expected)


def test_some_keys_alone() -> None:
    q, k, v = torch.randn(2, 4, 5, 8), torch.randn(2, 4, 7, 8), torch.randn(2, 4, 7, 8)
    keys = torch.tensor([True, False, True, True, False, False, False])
    expected = (q @ k.mT / 8**0.5).softmax(-1)
    allowed = expected[:, HEADS] * keys
    expected[:, HEADS] = allowed / allowed.sum(-1, keepdim=True)
    output, weights = on_qkv(q, k, v, keys=keys)
    torch.testing.assert_close(output, expected @ v)
    torch.testing.assert_close(weights, expected)
    expected[:, HEADS] = keys / 3.0
    torch.testing.assert_close(on_qkv(q, k, v, output="even", keys=keys)[0], expected @ v)


ADDED = torch.tensor([0.0, 0, -100, 0, 0.7, -torch.inf]).expand(6, 6)
BOOLEAN = torch.ones(6, 6, dtype=torch.bool).tril()


@pytest.mark.parametrize("mask", [None, ADDED, BOOLEAN, "causal"], ids=["none", "added", "boolean", "causal"])
def test_masks_still_apply(mask: Tensor | str | None) -> None:
    """Even attention covers the keys that a query may attend to. An added mask is a part of the scores."""
    torch.manual_seed(0)
    q, k, v = torch.randn(2, 4, 6, 8), torch.randn(2, 4, 6, 8), torch.randn(2, 4, 6, 8)
    added = torch.zeros(6, 6)
    if isinstance(mask, str) or (mask is not None and mask.dtype == torch.bool):
        added = added.masked_fill(~BOOLEAN, -torch.inf)
    elif mask is not None:
        added = mask
    given = {"is_causal": True} if isinstance(mask, str) else {"attn_mask": mask}
    scores, keys = q @ k.mT / 8**0.5 + added, torch.tensor([True, True, False, True, True, True])
    allowed = added > -50
    plain = scores.softmax(-1)
    for changes, weights in (
        ({"output": "even"}, allowed / allowed.sum(-1, keepdim=True)),
        ({"temperature": 2.0}, (scores / 2).softmax(-1)),
        ({"keys": keys}, scores.masked_fill(~keys, -torch.inf).softmax(-1)),
    ):
        expected = plain.clone()
        expected[:, HEADS] = weights.expand(2, 4, 6, 6)[:, HEADS]
        with edit_attention("", HEADS, **changes):
            edited = F.scaled_dot_product_attention(q, k, v, **given)
        torch.testing.assert_close(edited, expected @ v, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("mask", [None, torch.zeros(3, 3).masked_fill(~BOOLEAN[:3, :3], -torch.inf)], ids=["causal", "added"])
def test_a_fully_masked_query_gets_nothing(mask: Tensor | None) -> None:
    q, k, v = torch.randn(1, 4, 3, 8), torch.randn(1, 4, 3, 8), torch.randn(1, 4, 3, 8)
    with edit_attention("", HEADS, keys=torch.tensor([False, False, True])):
        edited = F.scaled_dot_product_attention(q, k, v, mask, is_causal=mask is None)
    assert edited.isfinite().all() and edited[:, HEADS, :2].count_nonzero() == 0
    torch.testing.assert_close(edited[:, HEADS, 2], v[:, HEADS, 2])


@pytest.mark.parametrize("changes", [{"output": "even"}, {"temperature": 0.5}, {"keys": torch.arange(5) > 1}], ids=str)
def test_every_kind_of_attention_is_changed_equally(changes: dict[str, object]) -> None:
    torch.manual_seed(0)
    fused, results = vit(fused=True), []
    for is_fused in (True, False):
        for block in fused.module.blocks:
            block.attn.fused_attn = is_fused
        with edit_attention(fused.path, HEADS, **changes):
            results.append(fused.run())
    torch.testing.assert_close(*results, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("batch_first", [True, False])
def test_torchs_own_module_is_changed_as_its_heads_would_be(batch_first: bool) -> None:
    torch.manual_seed(0)
    module, x = nn.MultiheadAttention(32, 4, batch_first=batch_first).eval(), torch.randn(2, 6, 32)
    with edit_attention(None, HEADS, temperature=0.5):
        edited, weights = module(x, x, x, average_attn_weights=False)
    plain, _ = module(x, x, x)
    with torch.no_grad():
        for head in HEADS:
            module.in_proj_weight[head * 8 : head * 8 + 8] *= 2
            module.in_proj_bias[head * 8 : head * 8 + 8] *= 2
    expected, _ = module(x, x, x)
    torch.testing.assert_close(edited, expected, atol=1e-6, rtol=1e-5)
    assert (plain - edited).abs().max() > 1e-3 and weights.shape[1] == 4


def test_gradients_flow_through_what_is_changed() -> None:
    module, x = nn.MultiheadAttention(32, 4, batch_first=True), torch.randn(2, 6, 32, requires_grad=True)
    with edit_attention(None, [0]):
        module(x, x, x, need_weights=False)[0].sum().backward()
    assert x.grad is not None and x.grad.abs().sum() > 0 and module.in_proj_weight.grad[72:].abs().sum() > 0
    assert module.in_proj_weight.grad[:8].count_nonzero() == 0 and module.out_proj.weight.grad[:, :8].count_nonzero() == 0


def test_each_image_of_a_batch_has_its_own_heads(case: Case) -> None:
    """The windows of an image lie next to each other."""
    alone = []
    for head in (1, 3):
        with edit_attention(case.path, [head]):
            alone.append(case.run())
    second = isinstance(case.module, nn.TransformerEncoder) and not case.module.layers[0].self_attn.batch_first
    one, other = (output.movedim(int(second), 0) for output in alone)
    chosen = torch.zeros(len(one), 4, dtype=torch.bool)
    chosen[0, 1] = chosen[1:, 3] = True
    with edit_attention(case.path, chosen):
        together = case.run().movedim(int(second), 0)
    expected = torch.cat([one[:1], other[1:]])
    torch.testing.assert_close(together, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"temperature": 0.0}, "temperature must be above 0 and finite, received 0.0"),
        ({"temperature": float("inf")}, "temperature must be above 0 and finite, received inf"),
        ({"keys": torch.zeros(5, dtype=torch.bool)}, "keys must be a boolean tensor"),
        ({"keys": torch.ones(5)}, "keys must be a boolean tensor"),
        ({"keys": torch.ones(4, dtype=torch.bool)}, "attends over 5 keys, a window or a coarser grid, where 4 were named"),
        ({"heads": torch.ones(2, 3, dtype=torch.bool)}, r"expected heads \(2, 4\), received \(2, 3\)"),
        ({"heads": torch.ones(3, 4, dtype=torch.bool)}, r"expected heads \(2, 4\), received \(3, 4\)"),
        ({"heads": torch.ones(2, 4)}, "heads must be a list of numbers"),
    ],
)
def test_impossible_changes_give_a_sentence(changes: dict[str, object], message: str) -> None:
    case = vit(fused=True)
    with pytest.raises(ValueError, match=message), edit_attention(case.path, **changes):
        case.run()
