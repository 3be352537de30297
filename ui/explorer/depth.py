"""Through the layers: how far attention and the MLP move tokens, which tokens stick out, and what is shown without them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import streamlit as st
import torch

from attention_core import BlockMoves
from attention_core.analysis.outliers import norm_threshold, outlying_norms
from attention_core.analysis.sinks import outlying_patches
from attention_core.export.view_settings import ViewSettings
from ui.components.depth import depth
from ui.components.store import keep_arrays
from ui.components.view import asking_token, rolled_out, rollout_of
from ui.explorer.loading import roll_out_without
from ui.explorer.state import EXPLORER
from ui.recording import Recording

FIELDS: Final = {
    "before": "before",
    "attention": "attention",
    "afterAttention": "after_attention",
    "mlp": "mlp",
    "after": "after",
    "cosAttention": "cos_attention",
    "cosMlp": "cos_mlp",
}
"""Of BlockMoves, by what the browser calls them."""


def show_depth(shown: Recording, view: ViewSettings) -> None:
    """The component, and the numbers once somebody looks at it; a sentence where no block is known."""
    unknown = [why_unknown(shown, layer) for layer in range(len(shown.layers))]
    if all(unknown):
        st.markdown(f"How far the layers move tokens cannot be told of this model: {unknown[0]}.")
        return
    with st.container(key="depth"):
        wanted = depth(shown, EXPLORER, [why and _sentence(why) for why in unknown], _rolled_without(shown, view))
    if wanted:
        with st.container(key="unseen-depth"):
            _keep_moves(shown)


def why_unknown(shown: Recording, layer: int) -> str:
    """Why it is not known how far a layer moves tokens, as part of a sentence; "" where it is."""
    where, grid = shown.layers[layer], shown.grid_at(layer)
    block = shown.record.blocks.get(where.layer.index)
    if block is None or block.moves is None:
        return block.why_no_moves if block is not None and block.why_no_moves else "its block is not recognised"
    found, expected = block.moves.after.shape, (1, where.prefix + grid.num_patches)
    return "" if tuple(found) == expected else "its tokens are not the patches of the picture"


def outliers(shown: Recording) -> list[int]:
    """The patches, by their numbers on the picture's grid, whose norm sticks out in some layer."""
    found: set[int] = set()
    for layer in range(len(shown.layers)):
        grid, moves = shown.grid_at(layer), _moves(shown, layer)
        if moves is not None and (grid.rows, grid.cols) == (shown.grid.rows, shown.grid.cols):
            each = outlying_norms(moves.after[0], grid, shown.layers[layer].prefix)
            found |= {grid.index(outlier.row, outlier.col) for outlier in each}
    return sorted(found)


def _moves(shown: Recording, layer: int) -> BlockMoves | None:
    return None if why_unknown(shown, layer) else shown.whole.record.blocks[shown.layers[layer].layer.index].moves


def _rolled_without(shown: Recording, view: ViewSettings) -> dict[str, Any] | None:
    """The rollout that is shown, made without what sticks out or takes much of it; None where nothing does."""
    rollout = rollout_of(view)
    if rollout is None or shown.large:
        return None
    token, prefix = asking_token(shown, view), len(shown.model.prefix_tokens)
    dominating = outlying_patches(rolled_out(shown, view), shown.grid, prefix, token)
    patches = {*outliers(shown), *(shown.grid.index(each.row, each.col) for each in dominating)}
    left_out = sorted(prefix + patch for patch in patches if prefix + patch != token)
    if not left_out:
        return None
    rows = roll_out_without(shown, token, rollout.fusion, rollout.discard, left_out).numpy()
    name = f"rollout:{shown.key}/{token}/{rollout}/without {left_out}"
    with st.container(key="unseen-without"):
        keep_arrays(name, "rows", {"numTokens": len(rows)}, {"rows": rows}, "depth-without")
    return {"id": name, "patches": [each - prefix for each in left_out]}


def _keep_moves(shown: Recording) -> None:
    """Of all layers, one after the other."""
    moves = [_moves(shown, layer) for layer in range(len(shown.layers))]
    counts = [0 if each is None else each.after.shape[1] for each in moves]
    begin = np.cumsum([0, *counts]).tolist()
    thresholds = [
        0.0 if each is None else norm_threshold(each.after[0, where.prefix :])
        for each, where in zip(moves, shown.layers, strict=True)
    ]
    meta = {
        "from": [-1 if each is None else start for each, start in zip(moves, begin[:-1], strict=True)],
        "count": counts,
        "thresholds": thresholds,
    }
    known = [each for each in moves if each is not None]
    arrays = {name: torch.cat([getattr(each, field)[0] for each in known]).numpy() for name, field in FIELDS.items()}
    keep_arrays(f"moves:{shown.key}", "moves", meta, arrays, "depth")


def _sentence(why: str) -> str:
    return f"How far this layer moves tokens cannot be told: {why}."
