"""Checks of what a request says. It comes from a browser, and may hold anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attention_core.export.view_settings import SETTINGS
from ui.recording import Recording

TEMPERATURES: Final = SETTINGS["temperature"].range
"""Between which readers can choose."""


def whole(asked: Mapping[str, Any], name: str, end: int, begin: int = 0) -> int:
    """Return the whole number of that name. Raises ValueError unless it lies in range(begin, end)."""
    value = asked.get(name)
    if type(value) is not int or not begin <= value < end:
        raise ValueError(f"expected {name} to be a whole number from {begin} to {end - 1}, received {_written(value)}")
    return value


def number(asked: Mapping[str, Any], name: str, low: float, high: float) -> float:
    """Return the number of that name. Raises ValueError unless it lies between low and high."""
    value = asked.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"expected {name} to be a number from {low} to {high}, received {_written(value)}")
    return float(value)


def word(asked: Mapping[str, Any], name: str, words: tuple[str, ...]) -> str:
    """Return the word of that name. Raises ValueError unless it is one of these."""
    value = asked.get(name)
    if not isinstance(value, str) or value not in words:
        raise ValueError(f"expected {name} to be one of {', '.join(words)}, received {_written(value)}")
    return value


def switch(asked: Mapping[str, Any], name: str) -> bool:
    """Return whether the switch of that name is on. Raises ValueError for any other value."""
    value = asked.get(name)
    if not isinstance(value, bool):
        raise ValueError(f"expected {name} to be true or false")
    return value


def layer_of(shown: Recording, asked: Mapping[str, Any]) -> int:
    """Return the number of a drawn layer. Raises ValueError if there is none of that number."""
    return whole(asked, "layer", len(shown.layers))


def head_of(shown: Recording, asked: Mapping[str, Any]) -> tuple[int, int]:
    """Return the numbers of a drawn layer and one of its heads. Raises ValueError if there is no such head."""
    layer = layer_of(shown, asked)
    return layer, whole(asked, "head", shown.layers[layer].layer.num_heads)


def _written(value: object) -> str:
    return repr(value)[:40]
