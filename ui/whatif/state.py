"""The settings of the page "What if": the view and the list of changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from attention_core.interventions.changes import NONE
from ui.compare.settings import OPENING as COMPARED
from ui.compare.view_state import ComparisonOrders
from ui.explorer.state import DEFAULTS, YOURS, Side
from ui.orders import Orders
from ui.pictures import Picture

WHAT_IF: Final = "what-if"
"""The key of the component."""
OPENING: Final = replace(COMPARED, show="attention", layers=(10, 10), asks="place")
OPENING_ACTS: Final = "8.3:off"
"""The opening change: on the bundled photographs, most patches move farthest if this head of DINOv2-small is off."""
VIEW: Final = ComparisonOrders("what_if", OPENING)
ACTS: Final = Orders("what_if_acts", ("edits", "target", "limit"))
"""The list of changes, the class and the limit, which the browser owns (assets/edits/acts.js)."""
OPENING_PLACES: Final = {"astronaut": (0.34, 0.12)}
"""The first query on a photograph, as fractions (down, right): a patch whose attention the opening change moves."""
SIDE: Final = Side("", DEFAULTS, features=True, release=VIEW.release)


def begin(entered: bool) -> None:
    """Call it at the beginning of a page. If the page was just entered, the browser follows the link's settings."""
    VIEW.begin(entered)
    ACTS.enter(entered)


def arrive(told: object) -> bool:
    """Open the page with settings from another page's component, as a link would. Return False if there are none.

    The browser owns the list of changes and has already added the new ones at its end.
    """
    if not isinstance(told, dict):
        return False
    link = {name: value for name, value in told.items() if isinstance(value, str)}
    begin(False)
    ACTS.give(place={name: link[name] for name in ACTS.parameters if name in link})
    VIEW.place(link)
    return True


def acts_for_browser(picture: str) -> dict[str, Any]:
    """Return the list's opening changes and the script's orders for the browser.

    The example of a change belongs to the bundled photographs: the reader's own picture opens without a change.
    """
    opening = dict.fromkeys(ACTS.parameters) | {"edits": NONE if picture == YOURS else OPENING_ACTS}
    return {"defaults": opening, "orders": ACTS.for_browser()}


def opened_at(picture: Picture, name: str) -> Picture:
    """Return the picture, with a first query that shows the opening change."""
    return replace(picture, opening=OPENING_PLACES.get(name, picture.opening))
