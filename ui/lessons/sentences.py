"""Sentences with live numbers in them. Each number carries its full value in data-value."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
import torch
from torch import Tensor

from ui.lessons.vectors import Vectors
from ui.numbers import short


def say(sentence: str, *numbers: float) -> None:
    """A sentence with live numbers in place of its {}; each carries its full value."""
    spans = [f'<b data-value="{number!r}">{short(number)}</b>' for number in numbers]
    st.html(f'<p class="regard-say">{sentence.format(*spans)}</p>')


def low(number: int | str) -> str:
    """As a subscript in HTML."""
    return f"<sub>{number}</sub>"


def named(name: str) -> str:
    """ "x_3" as HTML."""
    letter, _, number = name.partition("_")
    return f"<i>{letter}</i>{low(number)}" if number else letter


def plain(letter: str, order: Sequence[int]) -> list[str]:
    """ "x3", "x1", … for the order [2, 0, …]."""
    return [f"{letter}{at + 1}" for at in order]


def feature_names(vectors: Vectors, width: int) -> list[str]:
    """The preset's features where it has them for this width, else "1", "2", …"""
    return list(vectors.columns) if len(vectors.columns) == width else [str(at + 1) for at in range(width)]


def say_which_rows_see_nothing(masked: Tensor, names: Sequence[str]) -> None:
    """masked (N, M), -inf where a query may not look; nothing is said where every query may look at something."""
    empty = [named(name.replace("x", "y")) for name, row in zip(names, masked, strict=True) if not (row > -torch.inf).any()]
    if empty:
        look = (
            "look at nothing: its weights are 0, and so is what it gives"
            if len(empty) == 1
            else ("look at nothing: their weights are 0, and so is what they give")
        )
        say(f"{', '.join(empty)} may {look}. A softmax over nothing has no value; 0 is our choice.")
