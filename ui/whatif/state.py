"""The settings of the page "What if": what is looked at, and what is changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ui.compare.settings import OPENING as COMPARED
from ui.compare.view_state import ComparisonOrders
from ui.explorer.state import DEFAULTS, YOURS, Side
from ui.orders import Orders
from ui.pictures import Picture

WHAT_IF: Final = "what-if"
"""The key of the component."""
OPENING: Final = replace(COMPARED, show="attention", layers=(10, 10), asks="place")
OPENING_ACTS: Final = "8.3:off"
"""The head of DINOv2-small without which most patches of the bundled photographs move farthest."""
NO_ACTS: Final = "none"
VIEW: Final = ComparisonOrders("what_if", OPENING)
ACTS: Final = Orders("what_if_acts", ("edits", "target", "limit"))
"""The list of changes, the class and the limit, which the browser owns (assets/edits/acts.js)."""
OPENING_PLACES: Final = {"astronaut": (0.34, 0.12)}
"""Where the first query lies on a photograph, as fractions (down, right): a patch whose attention the opening change moves."""
SIDE: Final = Side("", DEFAULTS, features=True, release=VIEW.release)


def begin(entered: bool) -> None:
    """Call it as the page begins; a link that says something is followed when the page is `entered`."""
    VIEW.begin(entered)
    ACTS.enter(entered)


def arrive(told: object) -> bool:
    """Have the page open with what another one's component tells, as a link would say it. Return False if it tells nothing.

    The browser, which has the reader's list of changes, has put the new ones at its end.
    """
    if not isinstance(told, dict):
        return False
    said = {name: value for name, value in told.items() if isinstance(value, str)}
    begin(False)
    ACTS.give(place={name: said[name] for name in ACTS.parameters if name in said})
    VIEW.place(said)
    return True


def acts_for_browser(picture: str) -> dict[str, Any]:
    """Return what the browser has to know of the list: what the page opens with, and what the script sets in it.

    The example of a change belongs to the bundled photographs: the reader's own picture opens without a change.
    """
    opening = dict.fromkeys(ACTS.parameters) | {"edits": NO_ACTS if picture == YOURS else OPENING_ACTS}
    return {"defaults": opening, "orders": ACTS.for_browser()}


def opened_at(picture: Picture, name: str) -> Picture:
    """The picture, with the patch that asks first where the opening change can be seen."""
    return replace(picture, opening=OPENING_PLACES.get(name, picture.opening))
