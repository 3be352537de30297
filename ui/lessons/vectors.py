"""The vectors that a lesson begins with. They are data: assets/lessons/."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from attention_core.export.bundler import text


@dataclass(frozen=True)
class Vectors:
    """A preset. rows (N, D). captions name the rows, columns the features, where they mean something."""

    title: str
    note: str
    rows: Tensor
    captions: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@cache
def presets(file: str = "vectors.json") -> dict[str, Vectors]:
    """By name, the opening one first."""
    return {name: _vectors(found) for name, found in json.loads(text(f"lessons/{file}")).items()}


def _vectors(found: dict[str, object]) -> Vectors:
    return Vectors(
        str(found["title"]),
        str(found["note"]),
        torch.tensor(found["rows"], dtype=torch.float64),
        tuple(found.get("captions", ())),  # type: ignore[arg-type]
        tuple(found.get("columns", ())),  # type: ignore[arg-type]
    )
