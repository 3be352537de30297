"""What the reader changes: heads of the model and patches of the picture, in the order in which they did it.

The browser owns the list (assets/what_if/acts.js) and writes it into the link; Python reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from attention_core.interventions.changes import parse_changes
from ui.handover import Handover

MOST_MOVED: Final = 2
"""1 − the cosine of what points the other way."""


@dataclass(frozen=True)
class ActsText:
    """What stands in the link and goes between browser and Python.

    target: the number of a class whose value is shown. limit: how far the model may move when ever more heads go; None where
    the reader has set none.
    """

    edits: str
    target: int | None = None
    limit: float | None = None


def handover(opening: str) -> Handover[ActsText]:
    return Handover("what_if_acts", ActsText(opening), _for_browser, _of_link, _of_browser)


def _for_browser(acts: ActsText) -> dict[str, Any]:
    return {"edits": acts.edits, "target": acts.target, "limit": acts.limit}


def _of_link(parameters: Mapping[str, str]) -> dict[str, Any]:
    target = parameters.get("target", "")
    number = int(target) if target.isascii() and target.isdigit() and len(target) < 6 else None
    limit = None
    with suppress(ValueError):
        limit = float(parameters.get("limit", ""))
    return _of_browser({"edits": parameters.get("edits"), "target": number, "limit": limit})


def _of_browser(told: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    edits, target, limit = told.get("edits"), told.get("target"), told.get("limit")
    if isinstance(edits, str):
        with suppress(ValueError):
            found["edits"] = str(parse_changes(edits))
    if type(target) is int and 0 <= target < 10**5:
        found["target"] = target
    if isinstance(limit, int | float) and not isinstance(limit, bool) and 0 <= limit <= MOST_MOVED:
        found["limit"] = float(limit)
    return found
