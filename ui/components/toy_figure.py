"""The x1..xN figure of the lessons, and what the reader chose in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
import torch
from torch import Tensor

from attention_core import AttentionTrace
from attention_core.export.bundler import bundle, text
from ui.links import link, linked, whole

OPENING_ROW: Final = 2
LAST_STEP: Final = 6

_figure = st.components.v2.component(
    "regard_toy",
    html=text("toy_figure/toy_figure.html"),
    css=text("shared/roles.css") + text("shared/figure.css"),
    js=bundle("toy_figure/toy_figure.js"),
)


@dataclass(frozen=True)
class Choice:
    """The row of weights on show, the step of the figure (1 to 6), and the key that is pinned, if one is."""

    row: int
    step: int
    pair: int | None


def chosen(num_queries: int, num_keys: int) -> Choice:
    """As the link says; the third row and the last step where it says nothing."""
    row = whole(linked("row"), 1, num_queries)
    step = whole(linked("step"), 1, LAST_STEP)
    pair = whole(linked("pair"), 1, num_keys)
    return Choice(
        min(OPENING_ROW, num_queries - 1) if row is None else row - 1,
        LAST_STEP if step is None else step,
        None if pair is None else pair - 1,
    )


def choose(row: int, pair: int | None) -> None:
    """Choose from elsewhere than the figure, as from a heatmap."""
    link("row", str(row + 1))
    link("pair", "" if pair is None else str(pair + 1))


@dataclass(frozen=True)
class Names:
    """What the vectors are called, "x_1", …; captions are what they mean."""

    x: tuple[str, ...]
    z: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()


def toy_figure(
    trace: AttentionTrace,
    x: Tensor,
    names: Names,
    choice: Choice,
    *,
    scale: float,
    normalise: bool = True,
    projected: bool = False,
    z: Tensor | None = None,
    key: str,
    alt: str,
) -> None:
    """Draw the trace of x (N, D), with q, k and v columns if `projected`, with keys and values from z (M, D) if given."""
    data = {
        "x": x.tolist(),
        "z": None if z is None else z.tolist(),
        **{name: getattr(trace, name).tolist() for name in ("q", "k", "v", "scores", "scaled", "weights", "output")},
        "blocked": (trace.masked == -torch.inf).tolist(),
        "scale": scale,
        "normalise": normalise,
        "projected": projected,
        "cross": z is not None,
        "names": {"x": names.x, "z": names.z, "y": [name.replace("x", "y") for name in names.x]},
        "captions": names.captions,
        "row": choice.row,
        "step": choice.step,
        "pair": choice.pair,
        "steps": [step if normalise else step | step.get("bare", {}) for step in json.loads(text("lessons/steps.json"))],
        **json.loads(text("lessons/places.json"))["projected" if projected else "plain"],
        "name": alt,
        "file": key,
    }
    _figure(key=key, data=data, on_choice_change=lambda: _take(key))


def subscripted(letter: str, order: Sequence[int]) -> tuple[str, ...]:
    """ "x_3", "x_1", … for the order [2, 0, …]."""
    return tuple(f"{letter}_{at + 1}" for at in order)


def _take(key: str) -> None:
    """What was clicked in the figure; the browser may send anything."""
    chosen = st.session_state[key].choice
    if not isinstance(chosen, dict):
        return
    for name, first in (("row", 1), ("step", 0), ("pair", 1)):
        value = chosen.get(name)
        link(name, str(value + first) if isinstance(value, int) and 0 <= value < 100 else "")
