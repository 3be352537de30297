from __future__ import annotations

import math

import torch

from attention_core.maths.scaling import mean_largest_weight


def test_the_largest_weight_nears_1_only_without_the_scale() -> None:
    unscaled = [mean_largest_weight(dim, scale=1.0) for dim in (1, 16, 256)]
    scaled = [mean_largest_weight(dim, scale=None) for dim in (1, 16, 256)]
    assert unscaled[0] < unscaled[1] < unscaled[2] and unscaled[2] > 0.9
    assert max(scaled) - min(scaled) < 0.12
    assert math.isclose(unscaled[0], scaled[0], rel_tol=1e-6), "for a width of 1 the scale is 1"


def test_it_is_the_same_for_all_readers() -> None:
    first = mean_largest_weight(16, scale=None)
    torch.manual_seed(99)
    assert mean_largest_weight(16, scale=None) == first
