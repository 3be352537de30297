"""The settings of a comparison that a request says, checked against the description that the browser reads links by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from attention_core.export.bundler import text
from attention_core.export.view_settings import SETTINGS
from ui.compare.settings import OPENING, Box, CompareSettings, Pin
from ui.data.asked import number, switch, whole, word

DESCRIBED: Final[dict[str, Any]] = json.loads(text("compare/settings.json"))
_WORDS: Final[dict[str, list[str]]] = DESCRIBED["words"] | {name: list(SETTINGS[name].words) for name in DESCRIBED["shared"]}


def settings_of(asked: object) -> CompareSettings:
    """Return the settings; those that are not said are as at first. Raises ValueError for a setting with no such value."""
    said = asked if isinstance(asked, Mapping) else {}
    known = [name for name in OPENING.for_browser() if said.get(name) is not None]
    return replace(OPENING, **{name: _checked(said, name) for name in known})


def _checked(said: Mapping[str, Any], name: str) -> Any:
    if name in _WORDS:
        return word(said, name, tuple(_WORDS[name]))
    if name in DESCRIBED["numbers"]:
        return number(said, name, *DESCRIBED["numbers"][name])
    if name in DESCRIBED["wholes"]:
        low, high = DESCRIBED["wholes"][name]
        return whole(said, name, high + 1, begin=low)
    if name in DESCRIBED["switches"]:
        return switch(said, name)
    return _place(said, name) if name in DESCRIBED["places"] else _wholes(said, name, 2 if name == "layers" else None)


def _wholes(said: Mapping[str, Any], name: str, count: int | None) -> tuple[int, ...]:
    """Whole numbers: so many, or at least one and then in order."""
    values = said[name]
    if not isinstance(values, list | tuple) or not values or len(values) != (count or len(values)):
        raise ValueError(f"expected {name} to be a list of {count or 'some'} numbers")
    numbers = tuple(whole({name: value}, name, DESCRIBED["largest"] + 1) for value in values)
    return numbers if count else tuple(sorted(set(numbers)))


def _place(said: Mapping[str, Any], name: str) -> Pin | Box:
    place = said[name]
    if not isinstance(place, Mapping):
        raise ValueError(f"expected {name} to be a place with its side")
    sizes = {part: int(part in ("rows", "cols")) for part in DESCRIBED["places"][name]}
    numbers = [whole(place, part, DESCRIBED["largest"] + 1, begin=begin) for part, begin in sizes.items()]
    side = whole(place, "side", 2)
    return Box(side, *numbers) if name == "box" else Pin(side, *numbers)
