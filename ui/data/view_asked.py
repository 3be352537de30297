"""The view that a request says, checked against the settings' description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attention_core.export.map_methods import MAP_METHODS
from attention_core.export.view_settings import SETTINGS, Setting, ViewSettings
from attention_core.measures import measures_in
from ui.data.asked import number, switch, whole, word

_FURTHER: Final = {"measure": [measure.name for measure in measures_in("explorer")], "depth": list(MAP_METHODS)}
"""Words that have a description of their own."""


def view_of(asked: object) -> ViewSettings:
    """Return the view; settings that are not said are as at first. Raises ValueError for a setting with no such value."""
    said = asked if isinstance(asked, Mapping) else {}
    known = [setting for name, setting in SETTINGS.items() if said.get(name) is not None]
    return ViewSettings(**{setting.field: _checked(setting, said) for setting in known})


def parameters() -> tuple[str, ...]:
    """Return the parameters of a link that say something of the view; "head" is one that older links have."""
    return (*SETTINGS, "head")


def _checked(setting: Setting, said: Mapping[str, Any]) -> Any:
    name, (low, high) = setting.name, setting.range
    match setting.type:
        case "word":
            return word(said, name, (*setting.words, *_FURTHER.get(name, ())))
        case "number":
            return number(said, name, low, high)
        case "whole":
            return whole(said, name, int(high) + 1, int(low))
        case "switch":
            return switch(said, name)
        case "place" | "set":
            return _wholes(setting, said[name])


def _wholes(setting: Setting, values: object) -> tuple[int, ...]:
    """Return whole numbers: of a place as many as it has, of a set at least one, in order."""
    name, (low, high) = setting.name, map(int, setting.range)
    if not isinstance(values, list | tuple) or not (len(values) in setting.lengths if setting.lengths else values):
        raise ValueError(f"expected {name} to be a list of numbers")
    least = setting.least or (low,) * len(values)
    numbers = tuple(whole({name: value}, name, high + 1, begin) for value, begin in zip(values, least, strict=True))
    return numbers if setting.type == "place" else tuple(sorted(set(numbers)))
