"""Kinds of data through all layers: maps such as rollouts, and how far attention and the MLP move each token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import numpy as np
import torch
from torch import Tensor

from attention_core import BlockMoves
from attention_core.analysis.outliers import norm_threshold, outlying_norms
from attention_core.analysis.sinks import outlying_patches
from attention_core.export.map_methods import MAP_METHODS
from ui import caches, keeping
from ui.data.answers import Answer, Kind, Task
from ui.data.asked import number, whole, word
from ui.data.view import Through, can_roll_out, settings_of
from ui.jobs import steps
from ui.recording import Recording
from ui.shared.work import Work

FUSIONS: Final = ("mean", "max", "min")
MOST_DISCARDED: Final = 0.95
_SETTINGS: Final[dict[str, Callable[[Mapping[str, Any]], Any]]] = {
    "fusion": lambda asked: word(asked, "fusion", FUSIONS),
    "discard": lambda asked: number(asked, "discard", 0.0, MOST_DISCARDED),
}
"""How a setting of a method is read from a request."""
FIELDS: Final = {
    "before": "before",
    "attention": "attention",
    "afterAttention": "after_attention",
    "mlp": "mlp",
    "after": "after",
    "cosAttention": "cos_attention",
    "cosMlp": "cos_mlp",
}
"""The fields of BlockMoves, by their names in the browser."""


@dataclass(frozen=True)
class ThroughAsked:
    """without_outliers: as if no token could attend to patches that stick out or take much of the row; of a rollout alone."""

    token: int
    through: Through
    without_outliers: bool = False


def going_through(shown: Recording, token: int, through: Through) -> Task:
    """Return the work that makes a token's map through all layers."""
    return _going_through(shown, ThroughAsked(token, through))


@dataclass(frozen=True)
class Rolled:
    """A row through all layers, (N). patches: those it was made without. outlier: a sentence on a patch that dominates it."""

    rows: Tensor
    patches: tuple[int, ...] = ()
    outlier: str = ""


def _read_through(method: str, shown: Recording, asked: Mapping[str, Any]) -> ThroughAsked:
    if not can_roll_out(shown):
        raise ValueError("this model's layers cannot be rolled out")
    token = whole(asked, "token", len(shown.model.prefix_tokens) + shown.grid.num_patches)
    settings = tuple((name, _SETTINGS[name](asked)) for name in settings_of(method))
    without_outliers = asked.get("withoutOutliers") is True and method == "rollout" and not shown.large
    return ThroughAsked(token, Through(method, settings), without_outliers)


def _going_through(shown: Recording, asked: ThroughAsked) -> Task:
    """The map as work. Two passes through the layers if it is made without outliers."""
    method, settings = asked.through.method, asked.through.settings
    title = MAP_METHODS[method].title

    def make(work: Work) -> Rolled:
        steps, passes, recording = len(shown.layers), 1 + asked.without_outliers, shown.whole
        work.report(0, steps * passes)
        told = lambda done: work.report(done, steps * passes)  # noqa: E731
        rows = keeping.through_layers(recording, method, asked.token, settings, told)
        if not asked.without_outliers:
            return Rolled(rows, outlier=_outlier_in_words(recording, rows, asked.token))
        patches = _outlying(recording, rows, asked.token)
        if patches:
            left_out = [len(shown.model.prefix_tokens) + patch for patch in patches]
            again = lambda done: work.report(steps + done, 2 * steps)  # noqa: E731
            options = dict(settings) | {"without": left_out}
            rows = recording.record.through_layers(method, asked.token, again, **options)[0].float()
        return cast(Rolled, keeping.keep_findings(name, Rolled(rows, patches)))

    name = f"{method} {shown.key}/{asked}"
    return Task(name, f"The {title.lower()}", make, steps(f"{title}: layer"), lambda: keeping.kept_findings(name))


def _through(_shown: Recording, _asked: ThroughAsked, rolled: Rolled) -> Answer:
    entry = {"numTokens": len(rolled.rows), "patches": list(rolled.patches), "outlier": rolled.outlier}
    return Answer(entry, {"rows": rolled.rows.numpy()})


def _outlying(shown: Recording, rows: Tensor, token: int) -> tuple[int, ...]:
    """Return the patches, but for the one that asks, whose norm sticks out in some layer or that dominate the row."""
    prefix = len(shown.model.prefix_tokens)
    dominating = outlying_patches(rows, shown.grid, prefix, token)
    patches = {*outliers(shown), *(shown.grid.index(each.row, each.col) for each in dominating)}
    return tuple(sorted(patch for patch in patches if prefix + patch != token))


def _outlier_in_words(shown: Recording, rows: Tensor, token: int) -> str:
    """Return a sentence on the patch that dominates the row, and on the head that makes it do so; "" if none does."""
    outlying = outlying_patches(rows, shown.grid, len(shown.model.prefix_tokens), token)
    if not outlying or shown.large:
        return ""
    first = outlying[0]
    says = f"Patch ({first.row}, {first.col}) holds {first.share:.1%} of this row, {first.times:,.0f} times the median."
    for layer, sink in caches.sinks(shown.key, shown):
        if (sink.row, sink.col) == (first.row, first.col):
            return f"{says} Head {sink.head} of layer {layer} gives it {sink.share:.0%} of every row."
    return says


def why_unknown(shown: Recording, layer: int) -> str:
    """Return why it is not known how far a layer moves tokens, as part of a sentence; "" if it is known."""
    where, grid = shown.layers[layer], shown.grid_at(layer)
    block = shown.record.blocks.get(where.layer.index)
    if block is None or block.moves is None:
        return block.why_no_moves if block is not None and block.why_no_moves else "its block is not recognised"
    shape, expected = block.moves.after.shape, (1, where.prefix + grid.num_patches)
    return "" if tuple(shape) == expected else "its tokens are not the patches of the picture"


def outliers(shown: Recording) -> list[int]:
    """Return the patches, by their numbers on the picture's grid, whose norm sticks out in some layer."""
    patches: set[int] = set()
    for layer in range(len(shown.layers)):
        grid, moves = shown.grid_at(layer), _moves_at(shown, layer)
        if moves is not None and (grid.rows, grid.cols) == (shown.grid.rows, shown.grid.cols):
            each = outlying_norms(moves.after[0], grid, shown.layers[layer].prefix)
            patches |= {grid.index(outlier.row, outlier.col) for outlier in each}
    return sorted(patches)


def _moves_at(shown: Recording, layer: int) -> BlockMoves | None:
    return None if why_unknown(shown, layer) else shown.record.blocks[shown.layers[layer].layer.index].moves


def _read_moves(shown: Recording, _asked: Mapping[str, Any]) -> None:
    if all(why_unknown(shown, layer) for layer in range(len(shown.layers))):
        raise ValueError("how far the layers of this model move tokens is not known")


def _moves(shown: Recording, _asked: None, _result: None) -> Answer:
    """Norms and cosines of all layers, one after the other."""
    moves = [_moves_at(shown, layer) for layer in range(len(shown.layers))]
    counts = [0 if each is None else each.after.shape[1] for each in moves]
    begin = np.cumsum([0, *counts]).tolist()
    thresholds = [
        0.0 if each is None else norm_threshold(each.after[0, where.prefix :])
        for each, where in zip(moves, shown.layers, strict=True)
    ]
    entry = {
        "from": [-1 if each is None else start for each, start in zip(moves, begin[:-1], strict=True)],
        "count": counts,
        "thresholds": thresholds,
    }
    known = [each for each in moves if each is not None]
    arrays = {name: torch.cat([getattr(each, field)[0] for each in known]).numpy() for name, field in FIELDS.items()}
    return Answer(entry, arrays)


KINDS: Final = {
    **{name: Kind(_through, partial(_read_through, name), _going_through, needs_numbers=False) for name in MAP_METHODS},
    "moves": Kind(_moves, _read_moves),
}
