from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core import MultiHeadSelfAttention, attention
from attention_core.maths.masks import causal, mask_matrix

B, N, DIM, HEADS = 2, 5, 12, 3


@pytest.fixture
def x() -> Tensor:
    return torch.randn(B, N, DIM)


@pytest.fixture(params=["project", "slice"])
def module(request: pytest.FixtureRequest) -> MultiHeadSelfAttention:
    built = MultiHeadSelfAttention(DIM, HEADS, reading=request.param)
    for parameter in built.parameters():
        torch.nn.init.normal_(parameter)
    return built


def test_projecting_equals_torchs_own(x: Tensor) -> None:
    module = MultiHeadSelfAttention(DIM, HEADS, reading="project")
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter)
    rows = [getattr(module, f"W_{letter}").permute(0, 2, 1).reshape(DIM, DIM) for letter in "qkv"]
    biases = [getattr(module, f"b_{letter}").flatten() for letter in "qkv"]
    expected, weights = F.multi_head_attention_forward(
        *[x.transpose(0, 1)] * 3,
        embed_dim_to_check=DIM,
        num_heads=HEADS,
        in_proj_weight=torch.cat(rows),
        in_proj_bias=torch.cat(biases),
        bias_k=None,
        bias_v=None,
        add_zero_attn=False,
        dropout_p=0.0,
        out_proj_weight=module.W_0.T,
        out_proj_bias=module.b_0,
        average_attn_weights=False,
    )
    trace = module.trace(x)
    torch.testing.assert_close(trace.output.transpose(0, 1), expected)
    torch.testing.assert_close(trace.heads.weights, weights)


def test_slicing_gives_each_head_its_own_piece(x: Tensor) -> None:
    module = MultiHeadSelfAttention(DIM, HEADS, reading="slice", bias=False)
    trace = module.trace(x)
    for head, piece in enumerate(x.split(DIM // HEADS, -1)):
        alone = attention(piece @ module.W_q[head], piece @ module.W_k[head], piece @ module.W_v[head])
        torch.testing.assert_close(trace.heads.output[:, head], alone.output)
    other = x.clone()
    other[..., :4] += 1  # the first head's piece
    changed = (module.trace(other).heads.output - trace.heads.output).abs().amax((0, 2, 3))
    assert changed[0] > 0 and (changed[1:] == 0).all()


def test_the_shapes_of_the_notes() -> None:
    trace = MultiHeadSelfAttention(8, 4, reading="slice").trace(torch.randn(5, 8))
    assert trace.pieces.shape == trace.heads.output.shape == (4, 5, 2)
    assert trace.concat.shape == trace.output.shape == (5, 8)
    assert trace.contributions.shape == (4, 5, 8)


def test_the_output_is_the_sum_of_head_contributions(module: MultiHeadSelfAttention, x: Tensor) -> None:
    trace = module.trace(x)
    torch.testing.assert_close(trace.contributions.sum(1) + module.b_0, trace.output, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(torch.cat(trace.heads.output.unbind(1), -1), trace.concat)


def test_permuting_the_tokens_permutes_the_output(module: MultiHeadSelfAttention, x: Tensor) -> None:
    order = torch.randperm(N)
    torch.testing.assert_close(module(x[:, order]), module(x)[:, order], atol=1e-4, rtol=1e-4)


def test_a_mask_reaches_every_head(module: MultiHeadSelfAttention, x: Tensor) -> None:
    weights = module.trace(x, mask_matrix(causal, N, N)).heads.weights.detach()
    assert weights.triu(1).abs().max() == 0 and float(weights.tril().sum()) == pytest.approx(B * HEADS * N)


def test_one_head_of_full_width_is_attention(x: Tensor) -> None:
    module = MultiHeadSelfAttention(DIM, 1, bias=False)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.eye(DIM).expand_as(parameter))
    torch.testing.assert_close(module(x), attention(x, x, x).output)


@pytest.mark.parametrize("heads", [1, 2, 4, 8])
def test_projecting_costs_the_same_however_it_is_split(heads: int) -> None:
    whole, split = MultiHeadSelfAttention(8, 1), MultiHeadSelfAttention(8, heads)
    assert sum(p.numel() for p in split.parameters()) == sum(p.numel() for p in whole.parameters())
    assert split.multiply_adds(5) == whole.multiply_adds(5) == 3 * 5 * 64 + 2 * 25 * 8 + 5 * 64


def test_slicing_costs_one_hth_of_the_projections() -> None:
    sliced = MultiHeadSelfAttention(8, 4, reading="slice", bias=False)
    assert sum(p.numel() for p in sliced.parameters()) == 3 * 4 * 2 * 2 + 64
    assert sliced.multiply_adds(5) == 3 * 5 * 4 * 4 + 2 * 25 * 8 + 5 * 64


def test_a_wrong_number_of_heads_is_explained() -> None:
    with pytest.raises(ValueError, match=r"3 heads do not divide a width of 8; possible are 1, 2, 4, 8"):
        MultiHeadSelfAttention(8, 3)
    with pytest.raises(ValueError, match=r"received 'both'"):
        MultiHeadSelfAttention(8, 2, reading="both")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"\(\.\.\., N, 8\), received \(5, 7\)"):
        MultiHeadSelfAttention(8, 2)(torch.randn(5, 7))


def test_the_heads_contributions_sum_to_the_output(module: MultiHeadSelfAttention, x: Tensor) -> None:
    trace = module.trace(x)
    torch.testing.assert_close(trace.contributions.sum(-3) + module.b_0, trace.output)


def test_a_head_that_is_off_adds_nothing_and_the_others_the_same(module: MultiHeadSelfAttention, x: Tensor) -> None:
    whole, kept = module.trace(x), module.trace(x, heads_on=torch.tensor([True, False, True]))
    assert kept.contributions[:, 1].abs().max() == 0 and kept.concat[..., 4:8].abs().max() == 0
    torch.testing.assert_close(kept.output, whole.output - whole.contributions[:, 1])
    torch.testing.assert_close(kept.heads.weights, whole.heads.weights)
    with pytest.raises(ValueError, match=r"heads_on must be \(3,\), received \(2,\)"):
        module.trace(x, heads_on=torch.tensor([True, False]))


def test_without_w0_the_output_is_the_concatenation(x: Tensor) -> None:
    module = MultiHeadSelfAttention(DIM, HEADS, output_projection=False)
    trace = module.trace(x)
    assert module.W_0 is None and module.b_0 is None and trace.output.equal(trace.concat)
    torch.testing.assert_close(trace.contributions.sum(-3), trace.output)
    assert module.multiply_adds(N) == MultiHeadSelfAttention(DIM, HEADS).multiply_adds(N) - N * DIM**2


def test_shuffled_tokens_give_shuffled_outputs(module: MultiHeadSelfAttention, x: Tensor) -> None:
    order = torch.tensor([3, 0, 4, 1, 2])
    torch.testing.assert_close(module(x[:, order]), module(x)[:, order])
