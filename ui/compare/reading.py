"""Settings from a link or from the browser, checked: either may say anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attention_core.export.colour_maps import COLOUR_MAPS, SCALES
from attention_core.export.view_settings import COMBINE
from ui.compare.settings import CLEAN, COMPONENTS, FOREGROUND, MOST_LINES, SEGMENTS, SHOW, SIDES, Box, Pin
from ui.components.compare import KINDS
from ui.links import whole

_DEEPEST: Final = 999
_MOST_ACROSS: Final = 999


def settings_of_link(parameters: Mapping[str, str]) -> dict[str, Any]:
    """The settings that a link says; what cannot be read is left out. A pin without a side is on the left."""
    said = {name: _READ.get(name, str)(parameters[name]) for name in _CHECKS if name in parameters}
    return settings_of_browser(said)


def settings_of_browser(told: Mapping[str, Any]) -> dict[str, Any]:
    """As `settings_of_link`, of what the browser tells."""
    found = {name: check(told[name]) for name, check in _CHECKS.items() if told.get(name) is not None}
    return {name: value for name, value in found.items() if value is not None}


def place(told: object) -> tuple[int, int] | None:
    """A row and a column."""
    numbers = told if isinstance(told, list | tuple) and len(told) == 2 else (None, None)
    row, col = (_whole(number, 0, _MOST_ACROSS) for number in numbers)
    return None if row is None or col is None else (row, col)


def _one_of(*words: str) -> Callable[[Any], str | None]:
    return lambda value: value if isinstance(value, str) and value in words else None


def _whole(value: object, low: int, high: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None


def _number(value: object, low: float, high: float) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high  # NaN is not
    return float(value) if fits else None  # type: ignore[arg-type]


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _layers(value: Any) -> tuple[int, int] | None:
    layers = place(value)
    return layers if layers is not None and max(layers) <= _DEEPEST else None


def _heads(value: Any) -> tuple[int, ...] | None:
    heads = value if isinstance(value, list | tuple) else ()
    fits = heads and all(_whole(head, 0, _DEEPEST) is not None for head in heads)
    return tuple(sorted(set(heads))) if fits else None


def _pin(value: Any) -> Pin | None:
    numbers = _numbers(value, "side", "row", "col")
    return Pin(*numbers) if numbers else None


def _box(value: Any) -> Box | None:
    numbers = _numbers(value, "side", "row", "col", "rows", "cols")
    return Box(*numbers) if numbers and min(numbers[3:]) > 0 else None


def _numbers(value: Any, *names: str) -> list[int] | None:
    told = value if isinstance(value, dict) else {}
    numbers = [_whole(told.get(name), 0, 1 if name == "side" else _MOST_ACROSS) for name in names]
    return None if None in numbers else numbers  # type: ignore[return-value]


def _within(value: Any) -> str | None:
    words = ("all", "box", "foreground", *(f"segment-{number}" for number in range(SEGMENTS[1])))
    return value if isinstance(value, str) and value in words else None


_CHECKS: Final[dict[str, Callable[[Any], Any]]] = {
    "show": _one_of(*SHOW),
    "layers": _layers,
    "locked": _flag,
    "kind": _one_of(*KINDS),
    "clean": _one_of(*CLEAN),
    "asks": _one_of("match", "place"),
    "pin": _pin,
    "box": _box,
    "lines": lambda value: _whole(value, 0, MOST_LINES),
    "mutual": _flag,
    "ratio": lambda value: _number(value, 0, 1),
    "within": _within,
    "component": _one_of("rgb", *(str(number + 1) for number in range(COMPONENTS))),
    "foreground": _one_of(*FOREGROUND),
    "k": lambda value: _whole(value, *SEGMENTS),
    "difference": _flag,
    "heads": _heads,
    "combine": _one_of(*COMBINE),
    "opacity": lambda value: _number(value, 0, 1),
    "scale": _one_of(*SCALES),
    "map": _one_of(*COLOUR_MAPS),
}


def _read_flag(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _read_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _read_place(*names: str) -> Callable[[str], dict[str, int | None] | None]:
    def read(text: str) -> dict[str, int | None] | None:
        side, *numbers = text.split(",") if text.startswith(SIDES) else (SIDES[0], *text.split(","))
        if side not in SIDES or len(numbers) != len(names):
            return None
        return {"side": SIDES.index(side)} | dict(zip(names, map(_read_whole, numbers), strict=True))

    return read


def _read_whole(text: str) -> int | None:
    return whole(text, 0, _MOST_ACROSS)


def _read_wholes(text: str) -> list[int | None]:
    return [_read_whole(part) for part in text.split(",")]


_READ: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("locked", "mutual", "difference"), _read_flag),
    **dict.fromkeys(("ratio", "opacity"), _read_number),
    **dict.fromkeys(("lines", "k"), _read_whole),
    **dict.fromkeys(("layers", "heads"), _read_wholes),
    "pin": _read_place("row", "col"),
    "box": _read_place("row", "col", "rows", "cols"),
}
