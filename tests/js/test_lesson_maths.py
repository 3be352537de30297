"""The lessons' arithmetic in the browser equals the core's and plain torch's, over 200 random cases per function."""

from __future__ import annotations

import random
from functools import cache
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_core.maths.masks import mask_matrix
from attention_core.maths.positions import sinusoidal
from attention_core.maths.projections import attend_to_most_different, attend_to_previous, project
from tests.js.lesson_cases import LAWS, MOST_TOKENS, Attending, Joining, columns, drawn, rows, seed, tokens
from tests.js.node import called, called_each

CASES: Final = 200
TOLERANCE: Final = 1e-9
"""The page allows 1e-5, and the lessons promise 1e-6."""
ATTENTION: Final = "lesson_maths/attention.js"
PROJECTIONS: Final = "lesson_maths/projections.js"
STEPS: Final = ("q", "k", "v", "scores", "scaled", "masked", "weights", "output")


def assert_equal(found: Any, expected: Tensor, what: str) -> None:
    numbers = torch.tensor(_numbers(found), dtype=torch.float64)
    torch.testing.assert_close(numbers, expected.detach(), atol=TOLERANCE, rtol=1e-12, msg=lambda said: f"{what}: {said}")


def _numbers(found: Any) -> Any:
    return [_numbers(each) for each in found] if isinstance(found, list) else float(found)


@cache
def attended() -> list[tuple[Attending, dict[str, Any]]]:
    seed(1)
    cases = [Attending.drawn() for _ in range(CASES)]
    return list(zip(cases, called_each(ATTENTION, "attend", [case.for_browser() for case in cases]), strict=True))


def test_every_step_of_attention_is_the_cores() -> None:
    for case, found in attended():
        for step in STEPS:
            assert_equal(found[step], getattr(case.trace(), step), f"{step} of {case}")


def test_outputs_are_plain_torchs() -> None:
    compared = 0
    for case, found in attended():
        if case.temperature != 1 or not case.normalise:
            continue
        expected = F.scaled_dot_product_attention(case.q, case.k, case.v, case.mask, scale=case.scale)
        assert_equal(found["output"], expected, f"output of {case}")
        compared += 1
    assert compared > 20


def test_the_cases_are_of_every_kind() -> None:
    cases = [case for case, _ in attended()]
    empty = [case for case in cases if case.mask is not None and not case.mask.any(-1).all()]
    hard = [case for case in cases if case.temperature == 0 and case.normalise]
    ties = [case for case in hard if ((case.trace().weights > 0) & (case.trace().weights < 1)).any()]
    assert min(len(empty), len(hard), len(ties), sum(not case.normalise for case in cases)) >= 5


def test_projections_are_the_cores_and_torchs() -> None:
    seed(2)
    cases = []
    for _ in range(CASES):
        width, head_width = columns(), columns()
        bias = drawn(1, head_width) if random.random() < 0.5 else None
        cases.append((drawn(tokens(), width), drawn(width, head_width), bias))
    found = called_each(PROJECTIONS, "project", [[rows(each) for each in case] for case in cases])
    for (x, weight, bias), projected in zip(cases, found, strict=True):
        assert_equal(projected, project(x, weight, bias), "project")
        assert_equal(projected, F.linear(x, weight.T, None if bias is None else bias[0]), "project")


def test_the_solved_projection_is_the_cores() -> None:
    seed(3)
    cases = []
    for _ in range(CASES):
        x, k = drawn(tokens(), columns()), drawn(tokens(), columns())
        if random.random() < 0.2:
            x[-1], k[-1] = x[0], k[0]  # linearly dependent
        cases.append((x * random.choice([1, 1, 30]), k))
    found = called_each(PROJECTIONS, "attendToPrevious", [[rows(x), rows(k)] for x, k in cases])
    for (x, k), solved in zip(cases, found, strict=True):
        weight, bias = attend_to_previous(x, k)
        assert_equal(solved["weight"], weight, f"W_q of {x} and {k}")
        assert_equal(solved["bias"], bias[None], f"b_q of {x} and {k}")


def test_the_projection_to_the_most_different_key_is_the_cores() -> None:
    shapes = [(width, head_width) for width in range(1, 17) for head_width in range(1, 17)]
    for shape, found in zip(shapes, called_each(PROJECTIONS, "attendToMostDifferent", shapes), strict=True):
        assert_equal(found, attend_to_most_different(*shape), f"of {shape}")


def test_masks_are_the_cores() -> None:
    shapes = [(q, k, radius) for q in range(1, MOST_TOKENS + 1) for k in (1, 2, 5, q, 12) for radius in (0, 1, 6)]
    for kind, predicate in LAWS.items():
        found = called_each("lesson_maths/masks.js", "maskOf", [[kind, *shape] for shape in shapes])
        assert found == [mask_matrix(predicate(radius), q, k).tolist() for q, k, radius in shapes]
    assert called("lesson_maths/masks.js", "maskOf", "none", 3, 4, 1) is None


def test_position_encodings_are_the_cores() -> None:
    shapes = [(num_tokens, width) for num_tokens in range(1, 13) for width in range(1, 17)]
    found = called_each("lesson_maths/positions.js", "sinusoidal", shapes)
    torch.set_default_dtype(torch.float64)
    try:
        for shape, encodings in zip(shapes, found, strict=True):
            assert_equal(encodings, sinusoidal(*shape), f"of {shape}")
    finally:
        torch.set_default_dtype(torch.float32)


@cache
def joined() -> list[tuple[Joining, dict[str, Any]]]:
    seed(4)
    cases = [Joining.drawn() for _ in range(CASES)]
    found = called_each("lesson_maths/multi_head.js", "multiHead", [case.for_browser() for case in cases])
    return list(zip(cases, found, strict=True))


def test_every_step_of_multi_head_attention_is_the_cores() -> None:
    for case, found in joined():
        trace = case.layer.trace(case.x, case.mask, heads_on=case.heads_on)
        for step in STEPS:
            assert_equal([head[step] for head in found["heads"]], getattr(trace.heads, step), f"{step} of {case}")
        for step in ("concat", "contributions", "output"):
            assert_equal(found[step], getattr(trace, step), f"{step} of {case}")


def test_multi_head_attention_is_plain_torchs() -> None:
    compared = 0
    for case, found in joined():
        layer, mask = case.layer, case.mask
        if (
            layer.reading == "slice"
            or layer.W_0 is None
            or not case.heads_on.all()
            or (mask is not None and not mask.any(-1).all())
        ):
            continue
        compared += 1
        torchs = nn.MultiheadAttention(layer.dim, layer.num_heads, bias=layer.b_0 is not None, dtype=torch.float64)
        side_by_side = [getattr(layer, f"W_{role}").transpose(0, 1).flatten(1).T for role in "qkv"]
        parameters = {"in_proj_weight": torch.cat(side_by_side), "out_proj.weight": layer.W_0.T}
        if layer.b_0 is not None:
            biases = torch.cat([getattr(layer, f"b_{role}").flatten() for role in "qkv"])
            parameters |= {"in_proj_bias": biases, "out_proj.bias": layer.b_0}
        torchs.load_state_dict(parameters)
        blocked = None if mask is None else ~mask
        output, weights = torchs(case.x, case.x, case.x, attn_mask=blocked, average_attn_weights=False)
        assert_equal(found["output"], output, f"output of {case}")
        assert_equal([head["weights"] for head in found["heads"]], weights, f"weights of {case}")
    assert compared > 20


def test_random_numbers_are_torchs() -> None:
    seed(5)
    counts = [*range(1, 70), 624, 1000]
    cases = [(random.choice([0, 1, 42, random.randrange(2**48)]), count) for count in counts * 3]
    for (start, count), found in zip(cases, called_each("lesson_maths/torch_random.js", "randn", cases), strict=True):
        torch.manual_seed(start)
        assert_equal(found, torch.randn(count, dtype=torch.float64), f"{count} from seed {start}")
