"""What the reader changes: heads of the model and patches of the picture, in the order in which they did it.

The browser owns the list (assets/what_if/acts.js) and writes it into the link; Python reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from attention_core.interventions.edits import MAX_TEXT, Edit, parse_edits, written
from attention_core.interventions.picture_changes import HOWS, Box, How
from ui.handover import Handover

NONE: Final = "none"
"""How a link says that nothing is changed."""
MOST_MOVED: Final = 2
"""1 − the cosine of what points the other way."""
_PICTURE: Final = re.compile(
    rf"(?P<how>{'|'.join(HOWS)}):(?P<box>\d{{1,3}}(?:,\d{{1,3}}){{3}})(?:>(?P<to>\d{{1,3}},\d{{1,3}}))?", re.ASCII
)


@dataclass(frozen=True)
class PictureChange:
    """Patches of the picture that become others, as `attention_core.interventions.picture_changes.changed` takes them."""

    how: How
    box: Box
    to: tuple[int, int] | None = None

    def __str__(self) -> str:
        to = f">{_joined(self.to)}" if self.to else ""
        return f"{self.how}:{_joined(self.box)}{to}"


@dataclass(frozen=True)
class Acts:
    """All that differs on the right."""

    edits: tuple[Edit, ...] = ()
    picture: tuple[PictureChange, ...] = ()

    def __str__(self) -> str:
        return ";".join([*(written([edit]) for edit in self.edits), *map(str, self.picture)])

    def __bool__(self) -> bool:
        return bool(self.edits or self.picture)


@dataclass(frozen=True)
class ActsText:
    """What stands in the link and goes between browser and Python.

    target: the number of a class whose value is shown. limit: how far the model may move when ever more heads go; None where
    the reader has set none.
    """

    edits: str
    target: int | None = None
    limit: float | None = None


def parse_acts(text: str) -> Acts:
    """Edits and changes of the picture with semicolons between; "none" for none. Raises ValueError on any other text."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"expected at most {MAX_TEXT} characters, received {len(text)}")
    edits: list[Edit] = []
    picture: list[PictureChange] = []
    for part in text.split(";") if text != NONE else ():
        if (found := _PICTURE.fullmatch(part)) is not None:
            picture.append(_picture_change(found))
        else:
            edits += parse_edits(part)
    return Acts(tuple(edits), tuple(picture))


def _picture_change(found: re.Match[str]) -> PictureChange:
    how = next(how for how in HOWS if how == found["how"])
    row, col, rows, cols = (int(number) for number in found["box"].split(","))
    to = None
    if found["to"]:
        down, right = (int(number) for number in found["to"].split(","))
        to = (down, right)
    if min(rows, cols) < 1 or (to is None) == (how == "swap"):
        raise ValueError(f"expected such as blur:3,4,5,6 or swap:3,4,5,6>9,9, received {found[0]!r}")
    return PictureChange(how, (row, col, rows, cols), to)


def _joined(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))


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
            found["edits"] = str(parse_acts(edits)) or NONE
    if type(target) is int and 0 <= target < 10**5:
        found["target"] = target
    if isinstance(limit, int | float) and not isinstance(limit, bool) and 0 <= limit <= MOST_MOVED:
        found["limit"] = float(limit)
    return found
