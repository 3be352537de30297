"""Intervals: compared with a plain bootstrap, how often they hold a known mean, and how groups stand for pictures."""

from __future__ import annotations

import numpy as np
import pytest

from attention_core.atlas.bootstrap import MOST_GROUPS, Groups


def groups_of(values: np.ndarray, group: np.ndarray | None = None) -> Groups:
    """Return the summary of values (P, …). group (P): the group of each picture. Without it, each picture is its own group."""
    group = np.arange(len(values)) if group is None else group
    shape = (int(group.max()) + 1, *values.shape[1:])
    sums, squares, counts = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    there = np.isfinite(values)
    np.add.at(sums, group, np.where(there, values, 0))
    np.add.at(squares, group, np.where(there, values, 0) ** 2)
    np.add.at(counts, group, there)
    return Groups(sums, squares, counts)


def test_the_interval_is_that_of_a_bootstrap_written_out() -> None:
    values = np.random.default_rng(1).gamma(2, size=(60, 2, 3))
    low, high = groups_of(values).interval()
    drawn = np.random.default_rng(2)
    means = np.stack([values[drawn.integers(60, size=60)].mean(0) for _ in range(20_000)])
    expected = np.quantile(means, (0.025, 0.975), axis=0)
    error = 0.12 * (expected[1] - expected[0])  # quantiles of 2,000 draws, at more than three standard errors
    assert (np.abs(low - expected[0]) < error).all() and (np.abs(high - expected[1]) < error).all()
    again = groups_of(values).interval()
    np.testing.assert_array_equal(low, again[0])


def test_about_95_of_100_intervals_hold_the_mean() -> None:
    values = np.random.default_rng(3).normal(7, 2, size=(200, 400))  # 400 heads, each a sample of 200 pictures
    low, high = groups_of(values).interval()
    held = ((low <= 7) & (high >= 7)).mean()
    assert 0.91 < held < 0.98


def test_groups_of_pictures_have_the_interval_of_pictures() -> None:
    drawn = np.random.default_rng(4)
    values = drawn.normal(size=(20_000, 300))
    low, high = groups_of(values, drawn.integers(MOST_GROUPS, size=20_000)).interval()
    assert 0.91 < ((low <= 0) & (high >= 0)).mean() < 0.98
    widths = (high - low) / (2 * 1.96 / np.sqrt(20_000))
    assert widths.mean() == pytest.approx(1, abs=0.03)


def test_one_picture_has_a_mean_and_no_interval_and_none_has_neither() -> None:
    values = np.array([[1.5, np.nan], [np.nan, np.nan]])
    groups = groups_of(values)
    low, high = groups.interval()
    assert groups.mean[0] == 1.5 and np.isnan([low, high, groups.deviation]).all() and np.isnan(groups.mean[1])


def test_the_interval_of_a_rare_head_uses_only_draws_that_contain_it() -> None:
    values = np.full((50, 1), np.nan)
    values[:3, 0] = 1.0, 2.0, 3.0
    low, high = groups_of(values).interval()
    assert 1 <= low[0] < 2 < high[0] <= 3


def test_the_spread_of_equal_values_is_within_float32_rounding() -> None:
    values = np.full((30, 1), 1e6 + 1 / 3)
    assert 0 <= groups_of(values).deviation[0] < 1e6 * np.finfo(np.float32).eps
