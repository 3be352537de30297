import math
from dataclasses import dataclass

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from attention_core import attention

MASKS = ("none", "boolean", "boolean for all", "padding", "float", "float with -inf")


@dataclass
class Problem:
    q: Tensor
    k: Tensor
    v: Tensor
    mask: Tensor | None = None


@st.composite
def problems(draw: st.DrawFn, masks: tuple[str, ...] = ("none",)) -> Problem:
    """Draw six different sizes, so that no axis can be mistaken for another."""
    batch, heads, queries, keys, width, value_width = draw(st.lists(st.integers(1, 9), min_size=6, max_size=6, unique=True))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**16)))

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    mask = {
        "none": None,
        "boolean": normal(batch, heads, queries, keys) > 0,
        "boolean for all": normal(queries, keys) > 0,
        "padding": normal(batch, 1, 1, keys) > 0,
        "float": normal(batch, heads, queries, keys),
        "float with -inf": normal(heads, queries, keys).masked_fill(normal(queries, keys) > 0.5, -torch.inf),
    }[draw(st.sampled_from(masks))]
    q, k = normal(batch, heads, queries, width), normal(batch, heads, keys, width)
    return Problem(q, k, normal(batch, heads, keys, value_width), mask)


def by_torch(problem: Problem, scale: float | None = None) -> Tensor:
    return F.scaled_dot_product_attention(problem.q, problem.k, problem.v, attn_mask=problem.mask, scale=scale)


@given(problems(MASKS), st.sampled_from([0.0, 0.3, 1.0, 7.0, math.inf]))
def test_rows_with_an_unmasked_key_sum_to_one(problem: Problem, temperature: float) -> None:
    trace = attention(problem.q, problem.k, problem.v, mask=problem.mask, temperature=temperature)
    some_key = (trace.masked > -torch.inf).any(-1)
    torch.testing.assert_close(trace.weights.sum(-1), some_key.double())
    assert (trace.weights >= 0).all()


@given(problems(), st.randoms(use_true_random=False))
def test_permuting_the_tokens_permutes_the_outputs(problem: Problem, random) -> None:
    x = problem.k
    order = list(range(x.shape[-2]))
    random.shuffle(order)
    whole, permuted = attention(x, x, x), attention(x[..., order, :], x[..., order, :], x[..., order, :])
    torch.testing.assert_close(permuted.output, whole.output[..., order, :])
    torch.testing.assert_close(permuted.weights, whole.weights[..., order, :][..., order])


@pytest.mark.parametrize("kind", MASKS)
@given(data=st.data(), scale=st.sampled_from([None, 1.0, 0.3, -2.0]))
def test_output_equals_torchs(kind: str, data: st.DataObject, scale: float | None) -> None:
    problem = data.draw(problems((kind,)))
    trace = attention(problem.q, problem.k, problem.v, mask=problem.mask, scale=scale)
    torch.testing.assert_close(trace.output, by_torch(problem, scale))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_output_equals_torchs_in_its_own_precision(dtype: torch.dtype) -> None:
    q, k, v = (torch.randn(2, 3, tokens, width, dtype=dtype) for tokens, width in ((5, 7), (6, 7), (6, 4)))
    trace = attention(q, k, v)
    assert trace.weights.dtype == trace.output.dtype == dtype
    torch.testing.assert_close(trace.output, F.scaled_dot_product_attention(q, k, v), atol=5e-2, rtol=0)


@given(problems(("boolean",)))
def test_every_step_follows_from_the_previous_one(problem: Problem) -> None:
    trace = attention(problem.q, problem.k, problem.v, mask=problem.mask, scale=0.7)
    assert trace.q is problem.q and trace.k is problem.k and trace.v is problem.v
    torch.testing.assert_close(trace.scores, torch.einsum("bhqd,bhkd->bhqk", problem.q, problem.k))
    torch.testing.assert_close(trace.scaled, trace.scores * 0.7)
    assert torch.equal(trace.masked[problem.mask], trace.scaled[problem.mask])
    assert (trace.masked[~problem.mask] == -torch.inf).all()
    torch.testing.assert_close(trace.output, torch.einsum("bhqk,bhkd->bhqd", trace.weights, problem.v))


def test_unnormalised_raw_products_are_the_seeds_y3() -> None:
    x = torch.randn(5, 4, dtype=torch.float64)
    x1, x2, x3, x4, x5 = x
    y3 = (x3 @ x1) * x1 + (x3 @ x2) * x2 + (x3 @ x3) * x3 + (x3 @ x4) * x4 + (x3 @ x5) * x5
    torch.testing.assert_close(attention(x, x, x, scale=1.0, normalise=False).output[2], y3)


def test_unnormalised_weights_are_the_scaled_scores_and_zero_where_masked() -> None:
    q, k, v = torch.randn(3, 4), torch.randn(5, 4), torch.randn(5, 2)
    mask = torch.ones(3, 5, dtype=torch.bool)
    mask[1, 2] = mask[0, 4] = False
    trace = attention(q, k, v, mask=mask, temperature=0.1, normalise=False)
    torch.testing.assert_close(trace.weights, q @ k.T / 2 * mask)


def test_temperature_divides_the_masked_scores() -> None:
    q, k, v = torch.randn(3, 4), torch.randn(5, 4), torch.randn(5, 2)
    bias = torch.randn(3, 5)
    expected = torch.softmax((q @ k.T / 2 + bias) / 2.5, -1)
    torch.testing.assert_close(attention(q, k, v, mask=bias, temperature=2.5).weights, expected)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0, math.inf])
@pytest.mark.parametrize("mask_type", [bool, float])
def test_a_fully_masked_row_has_no_weights_and_no_output(temperature: float, mask_type: type) -> None:
    q, k, v = torch.randn(2, 3, 4, 6), torch.randn(2, 3, 5, 6), torch.randn(2, 3, 5, 7)
    mask = torch.ones(4, 5, dtype=torch.bool)
    mask[2] = False
    given_mask = mask if mask_type is bool else torch.zeros(4, 5).masked_fill(~mask, -torch.inf)
    trace = attention(q, k, v, mask=given_mask, temperature=temperature)
    assert (trace.weights[..., 2, :] == 0).all() and (trace.output[..., 2, :] == 0).all()
    torch.testing.assert_close(trace.weights[..., [0, 1, 3], :].sum(-1), torch.ones(2, 3, 3))
    assert (F.scaled_dot_product_attention(q, k, v, attn_mask=given_mask)[..., 2, :] == 0).all()


def test_temperature_zero_gives_everything_to_the_largest_score() -> None:
    q, k, v = torch.randn(3, 4), torch.randn(5, 4), torch.randn(5, 2)
    mask = torch.ones(3, 5, dtype=torch.bool)
    mask[1, (q @ k.T)[1].argmax()] = False
    trace = attention(q, k, v, mask=mask, temperature=0.0)
    best = (q @ k.T).masked_fill(~mask, -torch.inf).argmax(-1)
    assert torch.equal(trace.weights, F.one_hot(best, 5).float())
    torch.testing.assert_close(trace.output, v[best])


def test_temperature_zero_splits_ties_evenly() -> None:
    q, k = torch.tensor([[1.0]]), torch.tensor([[3.0], [1.0], [3.0], [3.0]])
    assert torch.equal(attention(q, k, k, temperature=0.0).weights, torch.tensor([[1, 0, 1, 1]]) / 3)


def test_infinite_temperature_is_the_mean_over_unmasked_keys() -> None:
    q, k, v = torch.randn(3, 4), torch.randn(5, 4), torch.randn(5, 2)
    mask = torch.tensor([1, 0, 1, 1, 0], dtype=torch.bool)
    trace = attention(q, k, v, mask=mask, temperature=math.inf)
    torch.testing.assert_close(trace.weights, (mask / 3).expand(3, 5))
    torch.testing.assert_close(trace.output, v[mask].mean(0).expand(3, 2))


@pytest.mark.parametrize("temperature", [1e-4, 1e-20, 1e-39, 1e-45, 1e-300])
def test_small_temperatures_approach_zero_without_overflow(temperature: float) -> None:
    q, k, v = torch.tensor([[1.0]]), torch.tensor([[3.0], [1.0], [2.0]]), torch.randn(3, 2)
    zero = attention(q, k, v, temperature=0.0)
    torch.testing.assert_close(attention(q, k, v, temperature=temperature).weights, zero.weights)


@pytest.mark.parametrize("temperature", [1e6, 1e30, 1e300])
def test_large_temperatures_approach_infinity(temperature: float) -> None:
    q, k, v = torch.randn(2, 4), torch.randn(5, 4), torch.randn(5, 2)
    flat = attention(q, k, v, temperature=math.inf)
    torch.testing.assert_close(attention(q, k, v, temperature=temperature).weights, flat.weights)


@pytest.mark.parametrize(
    ("shapes", "expected_and_received"),
    [
        (((3, 4), (5, 6), (5, 2)), r"same width, received 4 and 6"),
        (((3, 4), (5, 4), (7, 2)), r"one value, received 5 keys and 7 values"),
        (((4,), (5, 4), (5, 2)), r"q must be .*at least 2 axes.*received torch\.float32 of shape \(4,\)"),
        (((3, 4), (5, 4), (5,)), r"v must be .*at least 2 axes.*received torch\.float32 of shape \(5,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(shapes: tuple[tuple[int, ...], ...], expected_and_received: str) -> None:
    with pytest.raises(ValueError, match=expected_and_received):
        attention(*(torch.ones(shape) for shape in shapes))


@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize("dtype", [torch.int64, torch.bool])
def test_integer_tensors_are_refused(position: int, dtype: torch.dtype) -> None:
    tensors = [torch.ones(3, 4) for _ in range(3)]
    tensors[position] = tensors[position].to(dtype)
    with pytest.raises(ValueError, match=rf"{'qkv'[position]} must be a floating-point tensor.*received {dtype}"):
        attention(*tensors)


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 4), (1, 1, 3, 4)])
def test_a_mask_that_does_not_broadcast_is_refused(shape: tuple[int, ...]) -> None:
    mask = torch.ones(shape, dtype=torch.bool)
    with pytest.raises(ValueError, match=r"mask must broadcast to \(3, 4\), received \(" + ", ".join(map(str, shape))):
        attention(torch.ones(3, 5), torch.ones(4, 5), torch.ones(4, 2), mask=mask)


def test_an_integer_mask_is_refused() -> None:
    """If a mask of 0 and 1 were added to the scores, it would mask nothing and raise no error."""
    x = torch.randn(3, 4)
    with pytest.raises(ValueError, match="mask"):
        attention(x, x, x, mask=torch.tensor([1, 0, 1]))


@pytest.mark.parametrize("temperature", [-1.0, -math.inf, math.nan])
def test_a_temperature_below_zero_is_refused(temperature: float) -> None:
    x = torch.randn(3, 4)
    with pytest.raises(ValueError, match=rf"temperature must be 0 or more, received {temperature}"):
        attention(x, x, x, temperature=temperature)
