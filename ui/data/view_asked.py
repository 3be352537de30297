"""The view that a request says: settings at the picture, checked against two descriptions that the browser shares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from attention_core.export.bundler import text
from attention_core.export.view_settings import EXPLORER_NAMES, ViewSettings
from attention_core.measures import measures_in
from ui.data.asked import number, whole, word

_WORDS: Final[dict[str, dict[str, str]]] = json.loads(text("explorer/link_words.json"))
_WORDS["measure"] |= {measure.name: measure.link_word for measure in measures_in("explorer")}
_DESCRIBED: Final[dict[str, Any]] = json.loads(text("explorer/settings.json"))
_QUERIES: Final = ("patch", "prefix")


def view_of(asked: object) -> ViewSettings:
    """Return the view; settings that are not said are as at first. Raises ValueError for a setting with no such value."""
    said = asked if isinstance(asked, Mapping) else {}
    names = {browser: name for name, browser in EXPLORER_NAMES.items()}
    known = ViewSettings().for_explorer()
    return ViewSettings(**{names.get(name, name): _checked(said, name) for name in known if said.get(name) is not None})


def parameters() -> tuple[str, ...]:
    """Return the parameters of a link that say something of the view; "head" is one that older links have."""
    return (*ViewSettings().for_explorer(), "head")


def _checked(said: Mapping[str, Any], name: str) -> Any:
    largest = _DESCRIBED["largest"]
    if name == "query":
        return word(said, name, _QUERIES)
    if name in _WORDS:
        return word(said, name, tuple(_WORDS[name]))
    if name in _DESCRIBED["numbers"]:
        return number(said, name, *_DESCRIBED["numbers"][name])
    if name in _DESCRIBED["switches"]:
        return _switch(said, name)
    if name == "layer":
        return whole(said, name, largest + 1)
    return _wholes(said, name, _DESCRIBED["places"].get(name), largest + 1)


def _switch(said: Mapping[str, Any], name: str) -> bool:
    value = said[name]
    if not isinstance(value, bool):
        raise ValueError(f"expected {name} to be true or false")
    return value


def _wholes(said: Mapping[str, Any], name: str, counts: list[int] | None, end: int) -> tuple[int, ...]:
    """Whole numbers, of which a place has so many and heads have at least one; heads in order."""
    values = said[name]
    if not isinstance(values, list | tuple) or not (len(values) in counts if counts else values):
        raise ValueError(f"expected {name} to be a list of numbers")
    numbers = tuple(whole({name: value}, name, end, begin=int(name == "box" and at > 1)) for at, value in enumerate(values))
    return numbers if counts else tuple(sorted(set(numbers)))
