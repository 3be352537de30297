"""Valid values that are damaged in places, as an attacker could write them, and JSON files that hold them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as some

_DEEP: Final = "nested too deeply to be read"
LARGE: Final = (10**6, 2**31, 10**30, -(10**9), 2**63, 10**400, -(10**400), 1e308, 1e-300)
WORDS: Final = ("²", "٣", "\ud7ff", "8.3:t1e308", "swap:1,1,1,1>9,9", "none", "\0", "../..", "💥" * 500, _DEEP)
JUNK = some.recursive(
    some.none()
    | some.booleans()
    | some.floats()
    | some.integers()
    | some.sampled_from([*LARGE, *WORDS])
    | some.text(max_size=6),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def damaged(valid: Any) -> some.SearchStrategy[Any]:
    """Return the value with something else at one or two places, or an entirely different value."""

    @some.composite
    def draw_damaged(draw: Callable[..., Any]) -> Any:
        told = copy.deepcopy(valid)
        for _ in range(draw(some.integers(1, 2))):
            inner, place = told, None
            while isinstance(inner, dict | list) and inner and (place is None or draw(some.booleans())):
                place = inner, draw(some.sampled_from(list(inner) if isinstance(inner, dict) else range(len(inner))))
                inner = inner[place[1]]
            if place is not None:
                _change(draw, *place)
        return told

    return some.one_of(draw_damaged(), JUNK)


def files(valid: Any) -> some.SearchStrategy[bytes]:
    """Return such a value as a JSON file. Some files are truncated or hold other bytes."""
    whole = damaged(valid).map(written)
    cut = some.tuples(whole, some.integers(1, 200)).map(lambda each: each[0][: -each[1]])
    return whole | whole | whole | cut | some.binary(max_size=20)


def written(value: Any) -> bytes:
    """Return the value as Python's JSON, with NaN and ∞, and so deep that readers give up."""
    return json.dumps(value).replace(json.dumps(_DEEP), "[" * 100_000 + "]" * 100_000).encode()


def _change(draw: Callable[..., Any], holder: Any, place: Any) -> None:
    before = holder[place]
    how = draw(some.sampled_from(["other", "other", "other", "gone", "in a list", "many", "its neighbour"]))
    if how == "gone":
        del holder[place]
    elif how == "in a list":
        holder[place] = [before]
    elif how == "many":
        holder[place] = [before] * 50
    elif how == "its neighbour":
        holder[place] = copy.deepcopy(draw(some.sampled_from(list(holder.values()) if isinstance(holder, dict) else holder)))
    else:
        holder[place] = draw(JUNK)
