"""What the browser tells of a lesson, as tensors. It may be anybody's: numbers that no lesson can have are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

MOST: Final = 16
"""Rows and columns of a matrix."""
LARGEST: Final = 1e12
"""In size; far beyond what a lesson makes of numbers up to a thousand."""


def rows(shown: Mapping[str, Any], name: str) -> Tensor:
    """The matrix of that name, (R, C) float64. Raises ValueError where it is none of finite numbers, or a too large one."""
    found = shown.get(name)
    if not isinstance(found, list) or not 1 <= len(found) <= MOST or not all(isinstance(row, list) for row in found):
        raise ValueError(f"{name}: expected 1 to {MOST} rows of numbers")
    width = len(found[0])
    if not 1 <= width <= MOST or any(len(row) != width for row in found):
        raise ValueError(f"{name}: expected rows of 1 to {MOST} numbers, all of one length")
    if not all(type(value) in (int, float) and -LARGEST <= value <= LARGEST for row in found for value in row):
        raise ValueError(f"{name}: expected finite numbers")
    return torch.tensor(found, dtype=torch.float64)


def stack(shown: Mapping[str, Any], name: str) -> Tensor:
    """Matrices of one shape, one a head, (H, R, C). Raises ValueError as `rows` does."""
    found = shown.get(name)
    if not isinstance(found, list) or not 1 <= len(found) <= MOST:
        raise ValueError(f"{name}: expected 1 to {MOST} matrices")
    matrices = [rows({name: each}, name) for each in found]
    if any(each.shape != matrices[0].shape for each in matrices):
        raise ValueError(f"{name}: expected matrices of one shape")
    return torch.stack(matrices)


def optional_rows(shown: Mapping[str, Any], name: str) -> Tensor | None:
    """As `rows`; None where there is none."""
    return None if shown.get(name) is None else rows(shown, name)


def flags(shown: Mapping[str, Any], name: str) -> tuple[bool, ...]:
    """Raises ValueError where they are not up to `MOST` booleans."""
    found = shown.get(name)
    if not isinstance(found, list) or len(found) > MOST or not all(isinstance(each, bool) for each in found):
        raise ValueError(f"{name}: expected up to {MOST} booleans")
    return tuple(found)


def mask(shown: Mapping[str, Any], shape: tuple[int, int]) -> Tensor | None:
    """The boolean mask (Nq, Nk) under "allowed", None where every query may look at every key. Raises ValueError as `rows`."""
    found = shown.get("allowed")
    if found is None:
        return None
    if not isinstance(found, list) or len(found) != shape[0]:
        raise ValueError(f"allowed: expected {shape[0]} rows")
    lines = [flags({"allowed": row}, "allowed") for row in found]
    if any(len(line) != shape[1] for line in lines):
        raise ValueError(f"allowed: expected rows of {shape[1]} booleans")
    return torch.tensor(lines)
