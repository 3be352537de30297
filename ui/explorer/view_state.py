"""What the reader has set at the picture: from the link as the page opens, from the browser after that.

The browser owns these settings and their part of the link (assets/explorer/settings.js writes it); Python is told of them
afterwards (ui/handover.py).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from attention_core import PatchGrid
from attention_core.export.bundler import text
from attention_core.export.view_settings import DEFAULT_VIEW, EXPLORER_NAMES, ViewSettings
from attention_core.measures import measures_in
from ui.components.view import moved
from ui.handover import Handover
from ui.links import whole

OPENING: Final = replace(DEFAULT_VIEW, layer=10)
"""What the page opens with: the layer of the default model that shows best."""
DEEPEST: Final = 999
MOST_ACROSS: Final = 999
_GRID: Final = "pin_grid"
_ASKED: Final = "last_asked"
_WAITING: Final = "view_waiting"
FOREIGN: Final = ("pin", "heads", "box", "like", "key")
"""What a link says of its own picture and model alone."""
Box = tuple[int, int, int, int]
_WORDS: Final[dict[str, dict[str, str]]] = json.loads(text("explorer/link_words.json"))
_WORDS["measure"] |= {measure.name: measure.link_word for measure in measures_in("explorer")}
_SWITCHES: Final = ("grid", "square", "rising", "ordered", "coloured")
_PLACES: Final = {"pin": (2,), "box": (4,), "like": (2,), "key": (1, 2)}
"""How many numbers say them."""
_COUNTED: Final = ("pin", "box", "key")
"""Of these, what is counted on the patches of a picture."""
_RANGES: Final = {"discard": (0.0, 0.95), "temperature": (0.1, 4.0), "opacity": (0.0, 1.0)}


def begin_view(entered: bool) -> None:
    """Call it as the page begins; a link that says something of the view is followed when the page is `entered`."""
    _handover().begin(entered)


def wanted_view() -> ViewSettings:
    """As the reader set it, whatever the model at hand has."""
    return _handover().wanted


def change_view(**changes: Any) -> None:
    """Set some of it from Python; the browser takes that over."""
    _handover().change(**changes)


def take_view(told: object) -> None:
    """What the browser tells. It may be anybody's: what is no setting is left out."""
    before = wanted_view()
    said = _handover().take(told)
    state = st.session_state
    state[_ASKED] = _place([str(at) for at in said["asking"]]) if isinstance(said.get("asking"), list) else None
    if _WAITING in state and isinstance(said.get("waiting"), list):
        state[_WAITING] = tuple(name for name in FOREIGN if name in said["waiting"])
    if before.square != wanted_view().square:
        release_places()  # another part of the picture, in which their place is another


def release_places() -> None:
    """Let go of what is counted on the patches of the picture that is left."""
    if gone := {name: None for name in _COUNTED if getattr(wanted_view(), name) is not None}:
        change_view(**gone)


def last_asked(grid: PatchGrid) -> tuple[int, int] | None:
    """The patch of the grid that asked last as the pointer left the picture, whose map is still there; None where none did."""
    place: tuple[int, int] | None = st.session_state.get(_ASKED)
    return place if place is not None and place[0] < grid.rows and place[1] < grid.cols else None


def count_pins_on(grid: PatchGrid) -> None:
    """The grid that the link's pin is for, which may be finer than the one that is shown first; later calls change nothing."""
    st.session_state.setdefault(_GRID, grid)


def carry_pin(grid: PatchGrid) -> ViewSettings:
    """The view, with pin, key and box where they were on the picture, however that is cut now."""
    _forget_stand_in()
    before: PatchGrid = st.session_state.get(_GRID, grid)
    st.session_state[_GRID] = grid
    if (before.rows, before.cols) == (grid.rows, grid.cols):
        return wanted_view()
    view = wanted_view()
    for name in ("pin", "key"):
        if (place := getattr(view, name)) is not None and len(place) == 2:
            inside = place[0] < before.rows and place[1] < before.cols
            change_view(**{name: moved(place, before, grid) if inside else None})
    if view.box is not None:
        change_view(box=_moved_box(view.box, before, grid))
    return wanted_view()


def _moved_box(box: Box, before: PatchGrid, after: PatchGrid) -> Box | None:
    """None where it does not begin on the grid."""
    row, col, rows, cols = box
    if row >= before.rows or col >= before.cols:
        return None
    top, left = moved((row, col), before, after)
    last = min(row + rows, before.rows) - 1, min(col + cols, before.cols) - 1
    bottom, right = moved(last, before, after)
    return top, left, bottom - top + 1, right - left + 1


def for_browser() -> dict[str, Any]:
    """What the browser has to know: the settings, those that it takes over although it has its own, and those at first."""
    return _handover().for_browser()


def opening() -> dict[str, Any]:
    """As `for_browser`, where nothing is kept: what the reader sets is the browser's alone."""
    settings = OPENING.for_explorer()
    return {"settings": settings, "defaults": settings, "version": 0, "changes": {}}


def held_back() -> ViewSettings:
    """The view while something stands in for what the link speaks of: the link's patch and heads wait for that, unless the
    reader has chosen others since.
    """
    st.session_state.pop(_GRID, None)
    waiting: tuple[str, ...] = st.session_state.setdefault(_WAITING, FOREIGN)
    unset: dict[str, Any] = dict.fromkeys(waiting)
    return replace(wanted_view(), **unset)


def _forget_stand_in() -> None:
    """What was chosen on it goes with it; what waited is wanted."""
    waiting = st.session_state.pop(_WAITING, FOREIGN)
    if chosen := [name for name in FOREIGN if name not in waiting]:
        change_view(**dict.fromkeys(chosen))


def _handover() -> Handover[ViewSettings]:
    return Handover("view", OPENING, ViewSettings.for_explorer, settings_of_link, settings_of_browser, EXPLORER_NAMES)


def settings_of_link(parameters: Mapping[str, str]) -> dict[str, Any]:
    """The settings that a link says, by their names in `ViewSettings`; what cannot be read is left out."""
    found: dict[str, Any] = {}
    for name, words in _WORDS.items():
        meant = {word: value for value, word in words.items()}
        if (value := meant.get(parameters.get(name, ""))) is not None:
            found[name] = value
    for name in _RANGES:
        if (number := _number(name, parameters.get(name))) is not None:
            found[name] = number
    if (layer := whole(parameters.get("layer", ""), 0, DEEPEST)) is not None:
        found["layer"] = layer
    found |= _heads_of_link(parameters)
    if query := parameters.get("query"):
        found["query"] = "patch" if query in ("Hovered patch", "Pinned patch") else "prefix"
    for name in _SWITCHES:
        if (switch := parameters.get(name, "").lower()) in ("true", "false"):
            found[name] = switch == "true"
    for name in _PLACES:
        if (place := _numbers(name, parameters.get(name, "").split(","))) is not None:
            found[name] = place
    return _named(found)


def settings_of_browser(told: Mapping[str, Any]) -> dict[str, Any]:
    """As `settings_of_link`, of what the browser tells."""
    checks: dict[str, Callable[[Any], Any]] = {
        **{name: words.__contains__ for name, words in _WORDS.items()},
        "query": ("patch", "prefix").__contains__,
        **{name: lambda value: isinstance(value, bool) for name in _SWITCHES},
        "layer": lambda value: _is_whole(value) and value <= DEEPEST,
    }
    found = {
        name: told[name] for name, fits in checks.items() if isinstance(told.get(name), str | bool | int) and fits(told[name])
    }
    for name in _RANGES:
        if isinstance(told.get(name), int | float) and (number := _number(name, told[name])) is not None:
            found[name] = number
    heads = told.get("heads")
    if isinstance(heads, list | tuple) and heads and all(_is_whole(head) and head <= DEEPEST for head in heads):
        found["heads"] = tuple(sorted(set(heads)))
    for name in _PLACES:
        place = told.get(name)
        if isinstance(place, list | tuple) and (numbers := _numbers(name, [str(at) for at in place])) is not None:
            found[name] = numbers
    return _named(found)


def _named(found: dict[str, Any]) -> dict[str, Any]:
    names = {shown: name for name, shown in EXPLORER_NAMES.items()}
    return {names.get(name, name): value for name, value in found.items()}


def _heads_of_link(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Older links name the one head that is shown alone apart from those that were chosen."""
    chosen = sorted({head for part in parameters.get("heads", "").split(",") if (head := whole(part, 0, DEEPEST)) is not None})
    if parameters.get("combine") == "One at a time":
        alone = whole(parameters.get("head", ""), 0, DEEPEST)
        return {"heads": (alone if alone is not None and (not chosen or alone in chosen) else (chosen or [0])[0],)}
    return {"heads": tuple(chosen)} if chosen else {}


def _number(name: str, value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    low, high = _RANGES[name]
    return number if math.isfinite(number) and low <= number <= high else None


def _place(parts: list[str]) -> tuple[int, int] | None:
    found = _numbers("pin", parts)
    return None if found is None else (found[0], found[1])


def _numbers(name: str, parts: list[str]) -> tuple[int, ...] | None:
    """As many whole numbers as the setting has; the last two of a box are at least 1."""
    numbers = [whole(part, int(name == "box" and at > 1), MOST_ACROSS) for at, part in enumerate(parts)]
    found = tuple(number for number in numbers if number is not None)
    return found if len(found) == len(parts) and len(found) in _PLACES[name] else None


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
