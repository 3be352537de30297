"""All heads of a pass in numbers, a row each: what one can sort by."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from torch import Tensor

from attention_core.export.csv_table import csv_table
from attention_core.interventions.effects import Effects
from attention_core.interventions.outcome import Outcome
from attention_core.measures import Measure, measures_in
from attention_core.models import VisionModel
from attention_core.tokens.layer_on_image import LayerOnImage, layers_on_image

MEASURES: Final = measures_in("heads")
NAMES: Final = tuple(measure.name for measure in MEASURES)


@dataclass(frozen=True)
class HeadNumbers:
    """One head.

    layer: the number of the attention call. numbers: by the name of each of MEASURES; NaN for one that the head does not have,
    or that was not asked for.
    """

    layer: int
    head: int
    numbers: Mapping[str, float]

    def columns(self) -> dict[str, float]:
        """Return the head's line in a table: layer, head, and each measure under the name of its column."""
        of_measures = {measure.column("heads"): self.numbers[measure.name] for measure in MEASURES}
        return {"layer": self.layer, "head": self.head, **of_measures}


def head_numbers(model: VisionModel, of: Outcome, effects: Effects | None = None) -> list[HeadNumbers]:
    """Every head of the pass, layer by layer; `effects` as `every_effect` found them."""
    rows: list[HeadNumbers] = []
    layers = zip(of.record.layers, of.record.statistics(), of.record.contributions(), strict=True)
    for layer, statistics, written in layers:
        found = {name: means.mean(0) for name, means in statistics.means.items()}
        if effects is not None:
            found["effect"] = effects.main[layer.index, : layer.num_heads]
        if written is not None:
            found["contribution"] = written.mean((0, 2))
        columns = [found[name].tolist() if name in found else [math.nan] * layer.num_heads for name in NAMES]
        numbers = [dict(zip(NAMES, of_head, strict=True)) for of_head in zip(*columns, strict=True)]
        rows += [HeadNumbers(layer.index, head, of_head) for head, of_head in enumerate(numbers)]
    return rows


def measure_of(word: str) -> Measure:
    """Return the measure of that name, or whose column is called so. Raises ValueError for another word."""
    found = next((measure for measure in MEASURES if word in (measure.name, measure.column("heads"))), None)
    if found is None:
        raise ValueError(f"heads are sorted by {_words()}, received {word!r}")
    return found


def ranked(rows: Sequence[HeadNumbers], by: str) -> list[HeadNumbers]:
    """Return the heads that have this measure, the largest first. Raises ValueError for another word, and if no head has it."""
    measure = measure_of(by)
    known = [row for row in rows if not math.isnan(row.numbers[measure.name])]
    if not known:
        raise ValueError(f"no head of this model has a {by}; sort by another of {_words()}")
    return sorted(known, key=lambda row: -row.numbers[measure.name])


def _words() -> str:
    return ", ".join(measure.column("heads") for measure in MEASURES)


def heads_csv(rows: Sequence[HeadNumbers]) -> str:
    """Return a line for each head; empty where it has no such number."""
    names = ["layer", "head", *(measure.column("heads") for measure in MEASURES)]
    values = (row.columns().values() for row in rows)
    return csv_table(names, (["" if math.isnan(value) else value for value in line] for line in values))


def maps_of(model: VisionModel, of: Outcome, query: Callable[[LayerOnImage], int]) -> dict[tuple[int, int], Tensor]:
    """By (layer, head), what a token attends to, (rows, cols), of all layers on the image; query: its number in a layer."""
    maps: dict[tuple[int, int], Tensor] = {}
    for on in layers_on_image(model, of.record, of.grid):
        row = on.row(query(on))[:, on.prefix :].reshape(-1, on.grid.rows, on.grid.cols)
        maps |= {(on.layer.index, head): one for head, one in enumerate(row)}
    return maps
