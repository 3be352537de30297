"""The settings of the page "What if": what is looked at, and what is changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ui.compare.settings import OPENING as COMPARED
from ui.compare.view_state import ComparisonOrders
from ui.components.told import told
from ui.components.what_if import strip_key
from ui.explorer.state import DEFAULTS, Side
from ui.pictures import Picture
from ui.whatif.acts import handover

WHAT_IF: Final = "what-if"
"""The key of the component."""
OPENING: Final = replace(COMPARED, show="attention", layers=(10, 10), asks="place")
OPENING_ACTS: Final = "8.3:off"
"""The head of DINOv2-small without which most patches of the bundled photographs move farthest."""
VIEW: Final = ComparisonOrders("what_if", OPENING)
ACTS: Final = handover(OPENING_ACTS)
OPENING_PLACES: Final = {"astronaut": (0.34, 0.12)}
"""Where the first query lies on a photograph, as fractions (down, right): a patch whose attention the opening change moves."""
SIDE: Final = Side("", DEFAULTS, features=True, release=VIEW.release)


def begin(entered: bool) -> None:
    """Call it as the page begins."""
    VIEW.begin(entered)
    ACTS.begin(entered)


def arrive(told: object) -> bool:
    """Have the page open with what another one's component tells, as a link would say it; whether it tells anything.

    The browser, which has the reader's list of changes, has put the new ones at its end.
    """
    if not isinstance(told, dict):
        return False
    said = {name: value for name, value in told.items() if isinstance(value, str)}
    begin(False)
    ACTS.follow(said)
    VIEW.place(said)
    return True


def take_acts() -> None:
    """What the browser tells of the changes."""
    ACTS.take(told(strip_key(WHAT_IF), "view"))


def pinned() -> tuple[int, int] | None:
    """The patch that is pinned, as the browser tells it: anything may come from there."""
    pin = told(WHAT_IF, "pin")
    place = (pin.get("row"), pin.get("col")) if isinstance(pin, dict) else (None, None)
    row, col = place
    return (row, col) if type(row) is int and type(col) is int and row >= 0 and col >= 0 else None


def opened_at(picture: Picture, name: str) -> Picture:
    """The picture, with the patch that asks first where the opening change can be seen."""
    return replace(picture, opening=OPENING_PLACES.get(name, picture.opening))
