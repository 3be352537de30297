"""The settings that a request says, checked against their description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attention_core.export.map_methods import MAP_METHODS
from attention_core.export.view_settings import SETTINGS, Setting, ViewSettings
from attention_core.measures import measures_in
from ui.data.asked import number, switch, whole, word

_FURTHER: Final = {"measure": [measure.name for measure in measures_in("explorer")], "depth": list(MAP_METHODS)}
"""Words that have a description of their own."""


def asked_of(described: Mapping[str, Setting], asked: object) -> dict[str, Any]:
    """Return the settings that a request says, by their fields. Raises ValueError for a setting with no such value."""
    said = asked if isinstance(asked, Mapping) else {}
    return {setting.field: _checked(setting, said) for name, setting in described.items() if said.get(name) is not None}


def view_of(asked: object) -> ViewSettings:
    """Return the view; settings that are not said are as at first. Raises ValueError for a setting with no such value."""
    return ViewSettings(**asked_of(SETTINGS, asked))


def unsaid_in(described: Mapping[str, Setting]) -> dict[str, str]:
    """Return the parameters that a link means if it does not name them. Only settings whose default has changed have one."""
    return {name: setting.words[setting.unsaid] for name, setting in described.items() if setting.unsaid is not None}


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
        case "sided":
            return _sided(setting, said[name])
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


def _sided(setting: Setting, place: object) -> dict[str, int]:
    """Return the side, 0 or 1, and the place's numbers by their names."""
    if not isinstance(place, Mapping):
        raise ValueError(f"expected {setting.name} to be a place with its side")
    low, high = map(int, setting.range)
    least = setting.least or (low,) * len(setting.parts)
    numbers = {part: whole(place, part, high + 1, begin) for part, begin in zip(setting.parts, least, strict=True)}
    return {"side": whole(place, "side", 2), **numbers}
