"""The controls that lessons share: their vectors, the order, the mask, and a way back; each is tied to the link."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

import streamlit as st
import torch
from torch import Tensor

from attention_core.maths.masks import Predicate, before, causal, mask_matrix, window
from attention_core.maths.positions import sinusoidal
from ui.choices import segments
from ui.lessons.matrices import edited, forget, matrix
from ui.lessons.vectors import Vectors, presets
from ui.links import bound, forget_controls, link, linked

MASKS = {"none": "None", "causal": "Causal", "window": "Window", "before": "Only before"}
LARGEST_RADIUS = 6
CHOSEN = ("d", "order", "row", "step", "pair", "column", "followed")
"""What the link carries besides widgets and matrices."""


def choose_vectors(matrix_name: str = "X", file: str = "vectors.json", key: str = "vectors") -> Vectors:
    """Pills with the presets; another preset takes edits of the matrix back."""
    options = presets(file)
    first = next(iter(options))
    name = st.pills(
        "Vectors",
        list(options),
        format_func=lambda name: options[name].title,
        required=True,
        wrap=True,
        on_change=forget,
        args=(matrix_name,),
        **bound(key, default=first),
    )
    vectors, own = options[name or first], edited(matrix_name)
    st.caption(vectors.note if own is None else f"Yours, {len(own)} vectors of width {own.shape[1]}. Reset brings these back.")
    return vectors


def edited_vectors(vectors: Vectors, name: str = "X") -> Tensor:
    """The vectors as edited, (N, D)."""
    return matrix(name, vectors.rows, resizable=True)


def choose_mask(num_queries: int, num_keys: int) -> Tensor | None:
    """A boolean mask (Nq, Nk) or None."""
    name = segments("Mask", MASKS, "mask")
    predicates: Mapping[str, Callable[[], Predicate]] = {
        "causal": lambda: causal,
        "before": lambda: before,
        "window": lambda: window(st.slider("Places to either side", 0, LARGEST_RADIUS, **bound("radius", value=1))),
    }
    chosen = predicates.get(name)
    return chosen and mask_matrix(chosen(), num_queries, num_keys)


def choose_order(num_tokens: int) -> list[int]:
    """The order in which the vectors stand, as indices; buttons shuffle them and put them back."""
    order = _order_from_link(num_tokens)
    with st.container(horizontal=True, gap="small"):
        st.button("Shuffle", icon=":material/shuffle:", on_click=_shuffle, args=(num_tokens,))
        st.button("In order", disabled=order == sorted(order), on_click=link, args=("order", ""))
    return order


def with_positions(x: Tensor, on: bool) -> Tensor:
    """x (N, D), with the sinusoidal position encodings added if `on`."""
    return x + sinusoidal(*x.shape).to(x.dtype) if on else x


def by_name(weights: Tensor, order: list[int]) -> Tensor:
    """Weights (N, N) of shuffled vectors with their rows and columns in the order of the vectors' names."""
    places = torch.tensor(order).argsort()
    return weights[places][:, places]


def _order_from_link(num_tokens: int) -> list[int]:
    places = [int(place) - 1 for place in linked("order").split("_") if place.isascii() and place.isdigit() and len(place) < 4]
    return places if sorted(places) == list(range(num_tokens)) else list(range(num_tokens))


def _shuffle(num_tokens: int) -> None:
    order = _order_from_link(num_tokens)
    shuffled = order[:]
    while shuffled == order and num_tokens > 1:
        random.shuffle(shuffled)
    link("order", "_".join(str(place + 1) for place in shuffled))


def offer_to_start_over(page: str, matrices: Sequence[str]) -> None:
    """A button that takes back all settings, edits and tasks of this page; an undo still brings the edits back."""

    def start_over() -> None:
        forget_controls()
        forget(*matrices)
        st.session_state.pop(f"done-{page}", None)
        for name in CHOSEN:
            link(name, "")

    st.button("Start over", icon=":material/restart_alt:", type="tertiary", on_click=start_over)
