"""95 % intervals of means by drawing pictures anew (Efron 1979), from sums over groups of pictures.

Up to MOST_GROUPS pictures each is a group of its own. Of more, pictures fall into MOST_GROUPS groups by a hash of their names,
and groups are drawn: what leaves the database stays as small however many pictures there are. As the hash knows nothing of a
picture, a group's sum varies as that of pictures drawn at random does, and the interval is that of the pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

MOST_GROUPS: Final = 1000
RESAMPLES: Final = 2000
SEED: Final = 0
COVERED: Final = 0.95


@dataclass(frozen=True)
class Groups:
    """Of a number: its sums, sums of squares and counts over each group of pictures, float64 (G, L, H) for heads of layers, or
    (G, …) for whatever else; 0 where there is nothing.
    """

    sums: np.ndarray
    squares: np.ndarray
    counts: np.ndarray

    @property
    def count(self) -> np.ndarray:
        """Pictures, (…)."""
        return np.asarray(self.counts.sum(0))

    @property
    def mean(self) -> np.ndarray:
        """(…); NaN where there is no picture."""
        return _over(self.sums.sum(0), self.count)

    @property
    def deviation(self) -> np.ndarray:
        """The standard deviation between pictures, of a sample, (…); NaN where there are fewer than two."""
        count = self.count
        around = self.squares.sum(0) - count * np.nan_to_num(self.mean) ** 2
        return np.where(count > 1, np.sqrt(_over(np.maximum(around, 0.0), count - 1)), np.nan)

    def resampled(self, seed: int = SEED, resamples: int = RESAMPLES) -> np.ndarray:
        """Means (R, …) over as many groups drawn with replacement; NaN where a draw has no picture."""
        groups = len(self.sums)
        if not groups:
            return np.full((resamples, *self.sums.shape[1:]), np.nan)
        drawn = np.random.default_rng(seed).integers(groups, size=(resamples, groups))
        of_draw = drawn + groups * np.arange(resamples)[:, None]
        times = np.bincount(of_draw.ravel(), minlength=resamples * groups).reshape(resamples, groups).astype(float)
        flat = (groups, -1)
        means = _over(times @ self.sums.reshape(flat), times @ self.counts.reshape(flat))
        return means.reshape(resamples, *self.sums.shape[1:])

    def interval(self, seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
        """The ends of the 95 % interval of the mean, (…) each; NaN where there are fewer than two pictures."""
        return interval(self.resampled(seed), self.count)


def interval(resampled: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The percentile interval of resampled values (R, …); NaN where `count` (…) says that there are fewer than two pictures."""
    low, high = np.full((2, *resampled.shape[1:]), np.nan)
    there = count > 1
    if there.any():
        tail, values = (1 - COVERED) / 2, resampled[:, there]
        quantiles = np.nanquantile if np.isnan(values).any() else np.quantile  # the former takes a hundred times as long
        low[there], high[there] = quantiles(values, (tail, 1 - tail), axis=0)
    return low, high


def _over(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    means: np.ndarray = np.divide(sums, counts, out=np.full(np.shape(sums), np.nan), where=counts > 0)
    return means
