"""Kinds of data about one layer: queries and keys, exact rows, its matrix, its features, and one head as it was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np

from attention_core.analysis.weight_terms import score_bias
from attention_core.export.view_settings import DIRECTIONS
from attention_core.tokens.feature_map import FeatureKind
from ui import caches
from ui.data.answers import Answer, Kind, Task
from ui.data.asked import TEMPERATURES, head_of, layer_of, number, whole, word
from ui.jobs import steps
from ui.recording import Recording
from ui.shared.work import Work

FEATURES: Final[tuple[FeatureKind, ...]] = ("features", "raw", "q", "k", "v")


@dataclass(frozen=True)
class RowAsked:
    """One token's weights in a layer: its row, or if the direction is "incoming" its column."""

    layer: int
    token: int
    direction: str
    temperature: float


@dataclass(frozen=True)
class HeadAsked:
    """One head, with the bias that a mask adds for one query; query -1 if all queries have the same."""

    layer: int
    head: int
    query: int


def _picture(shown: Recording, _asked: None, _result: None) -> Answer:
    return Answer({"type": "image/jpeg"}, {"bytes": caches.encoded_picture(shown.picture.digest, shown.picture)})


def _read_layer(shown: Recording, asked: Mapping[str, Any]) -> int:
    if not shown.in_browser:
        raise ValueError("the browser cannot compute the rows of this model: ask for rows")
    return layer_of(shown, asked)


def _layer(shown: Recording, layer: int, _result: None) -> Answer:
    kept = shown.layers[layer].layer
    shape = {"numHeads": kept.num_heads, "numTokens": kept.num_keys, "headDim": kept.q.shape[-1], "scale": kept.scale}
    return Answer(shape, caches.layer_for_wire(shown.layer_key(layer), layer, shown))


def _read_row(shown: Recording, asked: Mapping[str, Any]) -> RowAsked:
    layer = layer_of(shown, asked)
    tokens = shown.layers[layer].prefix + shown.grid_at(layer).num_patches
    return RowAsked(
        layer,
        whole(asked, "token", tokens),
        word(asked, "direction", DIRECTIONS),
        number(asked, "temperature", *TEMPERATURES),
    )


def _rows(shown: Recording, asked: RowAsked, _result: object) -> Answer:
    rows = caches.rows_on_image(shown.key, asked.layer, asked.token, asked.direction, asked.temperature, shown)
    return Answer({"numTokens": len(rows) // shown.layers[asked.layer].layer.num_heads}, {"rows": rows})


def _sums_of_rows(shown: Recording, asked: RowAsked) -> Task | None:
    """What a column of a large picture needs first: the sum of every row."""
    if asked.direction == "outgoing" or not shown.large:
        return None

    def make(work: Work) -> bool:
        shown.whole.layers[asked.layer].layer.logsumexp(asked.temperature, work.report)
        return True

    name = f"logsumexp:{shown.key}/{asked.layer}/{asked.temperature}"
    return Task(name, "The map", make, steps("The sum of each row: part"))


def _read_sums(shown: Recording, asked: Mapping[str, Any]) -> tuple[int, float]:
    return layer_of(shown, asked), number(asked, "temperature", *TEMPERATURES)


def _matrix(shown: Recording, asked: tuple[int, float], _result: None) -> Answer:
    layer, temperature = asked
    pooled = caches.matrix(shown.key, layer, temperature, shown)
    entry = {"factor": pooled.factor, "blocks": {"rows": pooled.grid.rows, "cols": pooled.grid.cols}}
    return Answer(entry, {"means": pooled.means.numpy().ravel()})


def _read_head(shown: Recording, asked: Mapping[str, Any]) -> HeadAsked:
    layer, head = head_of(shown, asked)
    kept = shown.layers[layer].layer
    if kept.softmaxed is not None:
        raise ValueError("this layer computes its weights itself and gives away no queries and keys")
    return HeadAsked(layer, head, whole(asked, "query", kept.num_queries, begin=-1))


def _head(shown: Recording, asked: HeadAsked, _result: None) -> Answer:
    """In 32 bits, as recorded; where the model turns queries and keys by their positions, also as they were before."""
    kept = shown.layers[asked.layer].layer
    q, k = kept.q[0, asked.head].float(), kept.k_of_heads[0, asked.head].float()
    arrays: dict[str, np.ndarray] = {"q": q.numpy().ravel(), "k": k.numpy().ravel()}
    if asked.query >= 0:
        arrays["bias"] = score_bias(kept, asked.head, asked.query).float().numpy()
    before = caches.unrotated_layer(shown.key, asked.layer, shown) if caches.rotates(shown.key, shown) else None
    if before is not None:
        group = asked.head * len(before.k) // kept.num_heads
        arrays |= {"contentQ": before.q[asked.head].numpy().ravel(), "contentK": before.k[group].numpy().ravel()}
    return Answer({"numTokens": kept.num_keys, "headDim": q.shape[-1], "scale": kept.scale}, arrays)


def _read_features(shown: Recording, asked: Mapping[str, Any]) -> tuple[int, FeatureKind]:
    return layer_of(shown, asked), cast(FeatureKind, word(asked, "kind", FEATURES))


def _features(shown: Recording, asked: tuple[int, FeatureKind], _result: None) -> Answer:
    """What the patches of a layer are, in 16 bits."""
    layer, kind = asked
    values, grid = caches.features(shown.layer_key(layer), layer, kind, shown), shown.grid_at(layer)
    return Answer({"dim": values.shape[1], "rows": grid.rows, "cols": grid.cols}, {"values": values.view(np.uint16).ravel()})


def cut_layers(shown: Recording, nearest: int, work: Work) -> None:
    """Make every layer as it is sent, if it is not kept, the nearest first."""
    for done, layer in enumerate(sorted(range(len(shown.layers)), key=lambda each: abs(each - nearest)), start=1):
        caches.layer_for_wire(shown.layer_key(layer), layer, shown)
        work.report(done, len(shown.layers))


KINDS: Final = {
    "picture": Kind(_picture, needs_numbers=False),
    "layer": Kind(_layer, _read_layer),
    "rows": Kind(_rows, _read_row, _sums_of_rows),
    "matrix": Kind(_matrix, _read_sums),
    "head": Kind(_head, _read_head),
    "features": Kind(_features, _read_features),
}
