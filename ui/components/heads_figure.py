"""The figure of the multi-head lesson, and what the reader chose in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import streamlit as st
import torch
from torch import Tensor

from attention_core.export.bundler import bundle, text
from attention_core.maths.multi_head import MultiHeadSelfAttention, MultiHeadTrace
from ui.components.toy_figure import OPENING_ROW, Names
from ui.links import link, linked, whole

_PARAMETERS: Final = ("row", "column", "followed", "pair")

_figure = st.components.v2.component(
    "regard_heads_figure",
    html=text("heads_figure/heads_figure.html"),
    css=text("shared/roles.css") + text("shared/figure.css") + text("heads_figure/heads_figure.css"),
    js=bundle("heads_figure/heads_figure.js"),
)


@dataclass(frozen=True)
class HeadsChoice:
    """The output number on show, counted from 0; the head and the key that are followed, None for those that weigh most."""

    row: int
    column: int
    followed: int | None
    pair: int | None


def chosen_in_heads(num_tokens: int, dim: int, num_heads: int) -> HeadsChoice:
    """As the link says, which counts from 1; the third row's first number where it says nothing."""
    row = _index("row", num_tokens)
    return HeadsChoice(
        min(OPENING_ROW, num_tokens - 1) if row is None else row,
        _index("column", dim) or 0,
        _index("followed", num_heads),
        _index("pair", num_tokens),
    )


def heads_figure(
    layer: MultiHeadSelfAttention,
    trace: MultiHeadTrace,
    heads_on: tuple[bool, ...],
    names: Names,
    *,
    key: str,
    alt: str,
) -> None:
    """Draw the layer's trace of x (N, D); heads_on says which of its heads were kept. `names.x` are the N names of the rows."""
    choice = chosen_in_heads(trace.x.shape[0], layer.dim, layer.num_heads)
    data = {
        "x": trace.x.tolist(),
        "heads": [_head(layer, trace, head, on) for head, on in enumerate(heads_on)],
        "concat": trace.concat.tolist(),
        "contributions": trace.contributions.tolist(),
        "output": trace.output.tolist(),
        "W_0": _listed(layer.W_0),
        "b_0": _listed(layer.b_0),
        "split": layer.reading == "slice",
        "names": {"x": names.x},
        "captions": names.captions,
        **{name: getattr(choice, name) for name in _PARAMETERS},
        "name": alt,
        "file": key,
    }
    _figure(key=key, data=data, on_choice_change=lambda: _take(key))


def _head(layer: MultiHeadSelfAttention, trace: MultiHeadTrace, head: int, on: bool) -> dict[str, Any]:
    quantities = {name: getattr(trace.heads, name) for name in ("q", "k", "v", "scores", "scaled", "weights", "output")}
    parameters = {name: getattr(layer, name) for name in ("W_q", "W_k", "W_v", "b_q", "b_k", "b_v")}
    return {
        **{name: None if value is None else value[head].tolist() for name, value in (quantities | parameters).items()},
        "blocked": (trace.heads.masked[head] == -torch.inf).tolist(),
        "on": on,
    }


def _listed(values: Tensor | None) -> list[Any] | None:
    return None if values is None else values.tolist()


def _take(key: str) -> None:
    """What was clicked in the figure; the browser may send anything."""
    chosen = st.session_state[key].choice
    if not isinstance(chosen, dict):
        return
    for name in _PARAMETERS:
        value = chosen.get(name)
        link(name, str(value + 1) if type(value) is int and 0 <= value < 100 else "")


def _index(name: str, count: int) -> int | None:
    """The link's whole number from 1 to `count` as an index, or None."""
    number = whole(linked(name), 1, count)
    return None if number is None else number - 1
