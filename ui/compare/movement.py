"""How far every head and layer of the right side lies from that of the left, and the way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import streamlit as st
import torch

from attention_core.analysis.movement import cka, head_movement
from attention_core.export.bundler import text
from ui import jobs, keeping
from ui.compare.findings import features_of
from ui.compare.settings import CompareSettings
from ui.compare.view_state import COMPARISON
from ui.components.moved import moved_table
from ui.recording import Recording
from ui.shared.work import Work

TABLE: Final = "moved"


@dataclass(frozen=True)
class Moved:
    """A layer: how far each head's pattern moved, in bits, and how alike its features are; None where it has none."""

    layer: int
    heads: tuple[float, ...]
    alike: float | None


def why_not(left: Recording, right: Recording) -> str:
    """Why heads and layers cannot be compared one by one, in a sentence; "" where they can."""
    if left.picture.digest != right.picture.digest:
        return "Heads and layers move between two models that look at one picture: choose the same picture on both sides."
    if left.key == right.key:
        return "Both sides are the same model, so nothing moved: choose another model or weights on one side."
    if len(left.layers) != len(right.layers):
        counts = f"{len(left.layers)} layers on the left, {len(right.layers)} on the right"
        return f"Heads and layers can be compared one by one between models of one architecture: {counts}."
    for layer, (one, other) in enumerate(zip(left.layers, right.layers, strict=True)):
        if one.grid != other.grid:
            return (
                "Heads and layers can be compared where both sides have the same patches: layer "
                f"{layer} has {one.grid.rows} × {one.grid.cols} and {other.grid.rows} × {other.grid.cols}. "
                "Choose the same detail."
            )
        sizes = [(*each.layer.q.shape[:3], each.layer.num_keys) for each in (one, other)]
        if sizes[0] != sizes[1]:
            heads = f"layer {layer} has {one.layer.num_heads} heads on the left, {other.layer.num_heads} on the right"
            tokens = f"layer {layer} has {one.layer.num_keys} tokens on the left, {other.layer.num_keys} on the right"
            which = heads if one.layer.num_heads != other.layer.num_heads else tokens
            return f"Heads and layers can be compared one by one between models of one architecture: {which}."
    return ""


def movement(left: Recording, right: Recording) -> tuple[Moved, ...]:
    """Of every layer, with progress."""
    name = f"movement:{left.key}|{right.key}"
    kept: tuple[Moved, ...] | None = keeping.kept_findings(name)
    if kept is not None:
        return kept
    steps = len(left.layers)

    def make(work: Work) -> tuple[Moved, ...]:
        found = []
        for layer in range(steps):
            one, other = left.whole.layers[layer].layer, right.whole.layers[layer].layer
            found.append(Moved(layer, tuple(head_movement(one, other).tolist()), _alike(left, right, layer)))
            work.report(layer + 1, steps)
        moved: tuple[Moved, ...] = keeping.keep_findings(name, tuple(found))
        return moved

    made: tuple[Moved, ...] = jobs.made(name, "The table", make, jobs.steps("Comparing the layers:"))
    return made


def _alike(left: Recording, right: Recording, layer: int) -> float | None:
    try:
        return cka(*(torch.from_numpy(features_of(each, layer, "features")).float() for each in (left, right)))
    except ValueError:
        return None


def show_movement(left: Recording, right: Recording) -> None:
    """The table, or why there is none."""
    if reason := why_not(left, right):
        st.markdown(reason)
        return
    if left.large:
        st.markdown(text("texts/too_many_to_measure.md"))
        return
    found = movement(left, right)
    names = [f"Layer {layer}" if left.model.plain else each.layer.path for layer, each in enumerate(left.layers)]
    st.markdown(text("texts/moved.md"))
    moved_table(
        [{"layer": each.layer, "name": names[each.layer], "heads": each.heads, "alike": each.alike} for each in found],
        TABLE,
        lambda chosen: lead_to(chosen, found),
    )


def lead_to(chosen: Any, found: tuple[Moved, ...]) -> None:
    """Show what was clicked: a head's attention, or a layer's similarity. The browser may send anything."""
    told = chosen if isinstance(chosen, dict) else {}
    layer, head = told.get("layer"), told.get("head")
    if type(layer) is not int or not 0 <= layer < len(found):
        return
    where: dict[str, Any] = {"layers": (layer, layer)}
    if head is None:
        COMPARISON.change(**where, show=CompareSettings.show, asks="place")
    elif type(head) is int and 0 <= head < len(found[layer].heads):
        COMPARISON.change(**where, show="attention", heads=(head,), asks="place")
