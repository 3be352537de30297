"""A benchmark's result, and how medians and ratios are computed."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row: its name, the value with its unit, and the upper limit. None means no limit."""

    name: str
    value: float
    at_most: float | None = None
    unit: str = ""

    def row(self) -> str:
        return f"| {self.name} | {self._written(self.value)} | {self._written(self.at_most)} |"

    def is_over(self) -> bool:
        return self.at_most is not None and self.value > self.at_most

    def _written(self, number: float | None) -> str:
        if number is None:
            return ""
        if self.unit:
            return f"{number:,.1f} {self.unit}"
        if isinstance(number, int):
            return f"{number:,}"
        return f"{number:,.3f}" if number >= 0.01 else f"{number:.2g}"


def alternating_ratio(slow: Callable[[], object], fast: Callable[[], object], rounds: int) -> float:
    """Return the median over rounds of time(slow) / time(fast). The order is swapped every round, after one warm-up of each."""
    ratios = []
    slow(), fast()
    for i in range(rounds):
        first, second = (slow, fast) if i % 2 else (fast, slow)
        times = {first: seconds(first), second: seconds(second)}
        ratios.append(times[slow] / times[fast])
    return statistics.median(ratios)


def seconds(action: Callable[[], object]) -> float:
    """Return how long the action takes. Its result is released after the clock has stopped."""
    start = time.perf_counter()
    result = action()
    elapsed = time.perf_counter() - start
    del result
    return elapsed


def quantile(values: list[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def put_between(text: str, marks: tuple[str, str], table: str) -> str:
    """Return the text with the table between its two marks."""
    begin, end = marks
    return re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{table}\n{end}", text, flags=re.DOTALL)
