"""A lesson's numbers from the browser, as tensors. They are untrusted: numbers that no lesson can have are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

MOST: Final = 16
"""Largest number of rows and columns of a matrix."""
LARGEST: Final = 1e12
"""Largest absolute value. Lessons compute far smaller numbers from their inputs, which are up to a thousand."""


def rows(shown: Mapping[str, Any], name: str) -> Tensor:
    """Return the matrix of that name, (R, C) float64. Raises ValueError if a number is not finite or the matrix too large."""
    values = shown.get(name)
    if not isinstance(values, list) or not 1 <= len(values) <= MOST or not all(isinstance(row, list) for row in values):
        raise ValueError(f"{name}: expected 1 to {MOST} rows of numbers")
    width = len(values[0])
    if not 1 <= width <= MOST or any(len(row) != width for row in values):
        raise ValueError(f"{name}: expected rows of 1 to {MOST} numbers, all of one length")
    if not all(type(value) in (int, float) and -LARGEST <= value <= LARGEST for row in values for value in row):
        raise ValueError(f"{name}: expected finite numbers")
    return torch.tensor(values, dtype=torch.float64)


def stack(shown: Mapping[str, Any], name: str) -> Tensor:
    """Return one matrix per head, (H, R, C). Raises ValueError as `rows` does, or if the shapes differ."""
    values = shown.get(name)
    if not isinstance(values, list) or not 1 <= len(values) <= MOST:
        raise ValueError(f"{name}: expected 1 to {MOST} matrices")
    matrices = [rows({name: each}, name) for each in values]
    if any(each.shape != matrices[0].shape for each in matrices):
        raise ValueError(f"{name}: expected matrices of one shape")
    return torch.stack(matrices)


def optional_rows(shown: Mapping[str, Any], name: str) -> Tensor | None:
    """Return the matrix as `rows` does, or None if it is missing."""
    return None if shown.get(name) is None else rows(shown, name)


def flags(shown: Mapping[str, Any], name: str) -> tuple[bool, ...]:
    """Return the booleans of that name. Raises ValueError if there are more than `MOST` or other values."""
    values = shown.get(name)
    if not isinstance(values, list) or len(values) > MOST or not all(isinstance(each, bool) for each in values):
        raise ValueError(f"{name}: expected up to {MOST} booleans")
    return tuple(values)


def mask(shown: Mapping[str, Any], shape: tuple[int, int]) -> Tensor | None:
    """Return the boolean mask "allowed", (Nq, Nk), or None if there is no mask. Raises ValueError as `rows` does."""
    values = shown.get("allowed")
    if values is None:
        return None
    if not isinstance(values, list) or len(values) != shape[0]:
        raise ValueError(f"allowed: expected {shape[0]} rows")
    lines = [flags({"allowed": row}, "allowed") for row in values]
    if any(len(line) != shape[1] for line in lines):
        raise ValueError(f"allowed: expected rows of {shape[1]} booleans")
    return torch.tensor(lines)
