"""All heads of a pass in numbers, a row each: what one can sort by."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Final, Literal, get_args

from torch import Tensor

from attention_core.export.csv_table import csv_table
from attention_core.interventions.effects import Effects
from attention_core.interventions.outcome import Outcome
from attention_core.models import VisionModel
from attention_core.tokens.layer_on_image import LayerOnImage, layers_on_image

Measure = Literal["effect", "contribution", "distance", "entropy"]
MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)


@dataclass(frozen=True)
class HeadNumbers:
    """One head; a number that it does not have, or that was not asked for, is NaN.

    layer: the number of the attention call. effect: 1 − the cosine of CLS, or without it the mean over patches, before and
    after the head is off. contribution: the mean over queries of ‖what it writes into the stream‖ (Kobayashi et al. 2020).
    distance: in patches. entropy: in bits. prefix_share: of patches' weights; 0–1.
    """

    layer: int
    head: int
    effect: float
    contribution: float
    distance: float
    entropy: float
    prefix_share: float


def head_numbers(model: VisionModel, of: Outcome, effects: Effects | None = None) -> list[HeadNumbers]:
    """Every head of the pass, layer by layer; `effects` as `every_effect` found them."""
    rows: list[HeadNumbers] = []
    layers = zip(of.record.layers, of.record.statistics(), of.record.contributions(), strict=True)
    for layer, statistics, written in layers:
        found = [
            None if effects is None else effects.main[layer.index, : layer.num_heads],
            None if written is None else written.mean((0, 2)),
            *(None if each is None else each.mean(0) for each in (statistics.mean_distance, statistics.entropy)),
            statistics.prefix_share.mean(0),
        ]
        columns = [[math.nan] * layer.num_heads if each is None else each.tolist() for each in found]
        rows += [HeadNumbers(layer.index, head, *numbers) for head, numbers in enumerate(zip(*columns, strict=True))]
    return rows


def ranked(rows: Sequence[HeadNumbers], by: Measure) -> list[HeadNumbers]:
    """The largest first. Raises ValueError on another measure, and where no head has this one."""
    if by not in MEASURES:
        raise ValueError(f"heads are sorted by {', '.join(MEASURES)}, received {by!r}")
    known = [row for row in rows if not math.isnan(getattr(row, by))]
    if not known:
        raise ValueError(f"no head of this model has a {by}; sort by another of {', '.join(MEASURES)}")
    return sorted(known, key=lambda row: -getattr(row, by))


def heads_csv(rows: Sequence[HeadNumbers]) -> str:
    """A line a head; empty where it has no such number."""
    names = [each.name for each in fields(HeadNumbers)]
    values = ([getattr(row, name) for name in names] for row in rows)
    return csv_table(names, (["" if math.isnan(value) else value for value in line] for line in values))


def maps_of(model: VisionModel, of: Outcome, query: Callable[[LayerOnImage], int]) -> dict[tuple[int, int], Tensor]:
    """By (layer, head), what a token attends to, (rows, cols), of all layers on the image; query: its number in a layer."""
    maps: dict[tuple[int, int], Tensor] = {}
    for on in layers_on_image(model, of.record, of.grid):
        row = on.row(query(on))[:, on.prefix :].reshape(-1, on.grid.rows, on.grid.cols)
        maps |= {(on.layer.index, head): one for head, one in enumerate(row)}
    return maps
