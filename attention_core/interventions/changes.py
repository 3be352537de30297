"""Everything that is changed before a pass, heads of the model and patches of the picture, as data and as text for links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from attention_core.interventions.edits import MAX_TEXT, Edit, parse_edits, written
from attention_core.interventions.picture_changes import HOWS, PictureChange

NONE: Final = "none"
"""The text of a list without changes."""
_PICTURE: Final = re.compile(
    rf"(?P<how>{'|'.join(HOWS)}):(?P<box>\d{{1,3}}(?:,\d{{1,3}}){{3}})(?:>(?P<to>\d{{1,3}},\d{{1,3}}))?", re.ASCII
)


@dataclass(frozen=True)
class Changes:
    """edits: of heads. picture: changes of patches, each of what the ones before it have made."""

    edits: tuple[Edit, ...] = ()
    picture: tuple[PictureChange, ...] = ()

    def __str__(self) -> str:
        """The text that `parse_changes` reads."""
        return ";".join([*(written([edit]) for edit in self.edits), *map(str, self.picture)]) or NONE

    def __bool__(self) -> bool:
        return bool(self.edits or self.picture)


def parse_changes(text: str) -> Changes:
    """Return the changes of a text: parts as `parse_edits` reads them, or such as blur:3,4,5,6, with semicolons between.

    Raises ValueError for any other text.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"expected changes of {MAX_TEXT} characters at most, received {len(text)}")
    edits: list[Edit] = []
    picture: list[PictureChange] = []
    for part in text.split(";") if text != NONE else ():
        if (found := _PICTURE.fullmatch(part)) is not None:
            picture.append(_picture_change(found))
        else:
            edits += parse_edits(part)
    return Changes(tuple(edits), tuple(picture))


def _picture_change(found: re.Match[str]) -> PictureChange:
    how = next(how for how in HOWS if how == found["how"])
    row, col, rows, cols = map(int, found["box"].split(","))
    if not found["to"]:
        return PictureChange(how, (row, col, rows, cols))
    down, right = map(int, found["to"].split(","))
    return PictureChange(how, (row, col, rows, cols), (down, right))
