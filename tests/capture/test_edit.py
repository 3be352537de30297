"""Changing a head's output is the same as changing its part of W_0 or its values, for every way in which models attend."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_core import edit_attention, record_attention
from tests.capture.edit_cases import CASES, HEADS, Case, vit
from tests.capture.test_door import is_clean


@pytest.fixture(params=CASES, ids=lambda name: name)
def case(request: pytest.FixtureRequest) -> Case:
    torch.manual_seed(0)
    return CASES[request.param]()


def columns_of(case: Case, heads: tuple[int, ...]) -> list[int]:
    """Return the columns of W_0 that multiply the outputs of these heads."""
    width = case.joins.weight.shape[1] // case.num_heads
    return [column for head in heads for column in range(head * width, (head + 1) * width)]


@pytest.mark.filterwarnings("ignore:.*nested")
def test_off_is_a_slice_of_w_0_that_is_zero(case: Case) -> None:
    plain = case.run()
    with edit_attention(case.path, HEADS):
        edited = case.run()
    with torch.no_grad():
        case.joins.weight[:, columns_of(case, HEADS)] = 0
    expected = case.run()
    torch.testing.assert_close(edited, expected, atol=1e-6, rtol=1e-6)
    assert (plain - edited).abs().max() > 1e-3


@pytest.mark.parametrize("kv_heads", [4, 2])
def test_the_mean_of_the_values_is_exact(kv_heads: int) -> None:
    q, k, v = torch.randn(2, 4, 5, 8), torch.randn(2, kv_heads, 7, 8), torch.randn(2, kv_heads, 7, 8)
    plain = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
    with edit_attention("", HEADS, "mean"):
        edited = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
    expected = plain.clone()
    for head in HEADS:
        expected[:, head] = v[:, head * kv_heads // 4].mean(-2, keepdim=True).expand(2, 5, 8)
    torch.testing.assert_close(edited, expected)


@pytest.mark.parametrize("batch_first", [True, False])
def test_the_mean_of_the_values_in_torchs_own_module(batch_first: bool) -> None:
    torch.manual_seed(0)
    module, x = nn.MultiheadAttention(32, 4, batch_first=batch_first).eval(), torch.randn(2, 6, 32)
    with edit_attention(None, None, "mean"):
        edited, _ = module(x, x, x)
    v = nn.functional.linear(x, module.in_proj_weight[64:], module.in_proj_bias[64:]).mean(
        1 if batch_first else 0, keepdim=True
    )
    expected = nn.functional.linear(v, module.out_proj.weight, module.out_proj.bias).expand_as(edited)
    torch.testing.assert_close(edited, expected, atol=1e-6, rtol=1e-5)


def test_an_explicit_softmax_gives_the_same_as_a_fused_call() -> None:
    torch.manual_seed(0)
    fused = vit(fused=True)
    with edit_attention(fused.path, HEADS, "mean"):
        expected = fused.run()
    for block in fused.module.blocks:
        block.attn.fused_attn = False
    with edit_attention(fused.path, HEADS, "mean"):
        torch.testing.assert_close(fused.run(), expected, atol=1e-5, rtol=1e-5)


def test_edits_nest_and_leave_nothing() -> None:
    torch.manual_seed(0)
    case = vit(fused=True)
    plain = case.run()
    with edit_attention(case.path, [1]), edit_attention(case.path, [2]):
        nested = case.run()
    with edit_attention(case.path, HEADS):
        together = case.run()
    assert torch.equal(nested, together) and torch.equal(case.run(), plain)


@pytest.mark.filterwarnings("ignore:.*nested")
def test_an_edit_of_nothing_changes_nothing(case: Case) -> None:
    with record_attention() as record:
        plain = case.run()
    layer = record[case.path]
    nobody = torch.zeros(1, case.num_heads, dtype=torch.bool)
    everything: list[dict[str, Any]] = [{"temperature": 1.0}, {"keys": torch.ones(layer.num_keys, dtype=torch.bool)}]
    everything += [{"heads": nobody, "output": output} for output in ("off", "mean", "even")]
    for changes in everything:
        with edit_attention(case.path, **changes), record_attention() as edited:
            torch.testing.assert_close(case.run(), plain, atol=1e-6, rtol=1e-5)
        torch.testing.assert_close(edited[case.path].weights(), layer.weights(), atol=1e-6, rtol=1e-5)


class StopError(Exception):
    """An exception that a model raises while it runs."""


@pytest.mark.filterwarnings("ignore:.*nested")
@pytest.mark.parametrize("changes", [{}, {"output": "mean"}, {"temperature": 0.5}], ids=["off", "mean", "temperature"])
def test_an_exception_leaves_nothing_behind(case: Case, changes: dict[str, Any]) -> None:
    """The map that joins the heads raises it, in the middle of a changed call and inside another edit."""
    plain, joins = case.run(), case.module.get_submodule(case.path)

    def stop(*_: object) -> None:
        raise StopError

    handle = joins.register_forward_hook(stop)
    with pytest.raises(StopError), edit_attention(case.path, [1]), edit_attention(case.path, HEADS, **changes):
        case.run()
    handle.remove()
    assert is_clean() and torch.equal(case.run(), plain)


def test_the_record_of_an_edited_layer_has_its_inputs() -> None:
    torch.manual_seed(0)
    case = vit(fused=True)
    with record_attention() as plain:
        case.run()
    with record_attention() as edited, edit_attention("blocks.0.attn", [0]):
        case.run()
    assert torch.equal(edited.layers[0].q, plain.layers[0].q)
    assert not torch.equal(edited.layers[1].q, plain.layers[1].q)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("blocks.7.attn", [0]), "'blocks.7.attn' made no call; modules that attend are blocks.0.attn, blocks.1.attn"),
        (("blocks.0.attn", [4]), "head must be 0–3, received 4"),
        (("blocks.0.attn", "12"), r"heads must be a list of numbers, such as \[0, 2\], or None for all, received '12'"),
        (("blocks.0.attn", []), r"heads must be a list of numbers, .* received \[\]"),
        (("blocks.0.attn", [True]), r"heads must be a list of numbers, .* received \[True\]"),
        (("blocks.0.attn", [0], "half"), "output must be one of off, mean, even, received 'half'"),
    ],
)
def test_impossible_edits_give_a_sentence(arguments: tuple[object, ...], message: str) -> None:
    case = vit(fused=True)
    with pytest.raises(ValueError, match=message), edit_attention(*arguments):
        case.run()


class PerHead(nn.Module):
    """Four heads in sequence, each called for all images."""

    num_heads = 4

    def __init__(self, batch: int) -> None:
        super().__init__()
        self.qkv, self.x = nn.Linear(32, 96), torch.randn(batch, 6, 32)

    def forward(self) -> Tensor:
        q, k, v = self.qkv(self.x).unflatten(-1, (3, 4, 8)).permute(2, 0, 3, 1, 4)
        return torch.stack([(q[:, head] @ k[:, head].mT).softmax(-1) @ v[:, head] for head in range(4)], 1)


@pytest.mark.parametrize("batch", [2, 4])
def test_images_are_not_mistaken_for_heads(batch: int) -> None:
    """The heads are neither recorded nor edited: a slice of B · H could have the same shape."""
    module = PerHead(batch)
    with record_attention() as record:
        module()
    assert record.layers == [] and "images and heads cannot be told apart" in record.unseen[0].reason
    with pytest.raises(ValueError, match="the heads of PerHead cannot be changed"), edit_attention("PerHead", [1]):
        module()


class Classifies(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attn, self.head = nn.MultiheadAttention(32, 4, batch_first=True), nn.Linear(32, 7)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.attn(x, x, x)[0]).softmax(-1)


def test_a_choice_between_classes_is_not_edited() -> None:
    module, x = Classifies().eval(), torch.randn(2, 6, 32)
    with edit_attention(heads=[3]):
        edited = module(x)
    torch.testing.assert_close(edited.sum(-1), torch.ones(2, 6))
    with edit_attention("attn", heads=[3]):
        assert torch.equal(module(x), edited)
