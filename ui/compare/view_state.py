"""The settings of a page with two pictures, in the session (ui/handover.py), and what carries them from grid to grid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

from attention_core import PatchGrid
from ui.compare.reading import place, settings_of_browser, settings_of_link
from ui.compare.settings import OPENING, CompareSettings
from ui.data.view import moved
from ui.handover import Handover

Grids = tuple[PatchGrid, PatchGrid]
Asking = tuple[tuple[int, int] | None, tuple[int, int] | None]
FOREIGN: Final[dict[str, Any]] = {"pin": None, "box": None, "heads": None, "within": "all"}
"""What belongs to the pictures and models at hand, and what it is with others."""


@dataclass(frozen=True)
class ComparisonState:
    """Of one page. name: what its keys in the session begin with. opening: what the page opens with."""

    name: str
    opening: CompareSettings

    def begin(self, entered: bool) -> None:
        """Call it as the page begins; a link that says something of the settings is followed when the page is `entered`."""
        self._handover.begin(entered)

    @property
    def wanted(self) -> CompareSettings:
        """As the reader set it, whatever the models at hand have."""
        return self._handover.wanted

    def change(self, **changes: Any) -> None:
        """Set some of it from Python; the browser takes that over."""
        self._handover.change(**changes)

    def take(self, told: object) -> None:
        """What the browser tells. It may be anybody's: what is no setting is left out."""
        asking = self._handover.take(told).get("asking")
        left, right = asking if isinstance(asking, list) and len(asking) == 2 else (None, None)
        st.session_state[self._asking] = (place(left), place(right))

    def asking(self) -> Asking:
        """The patch of each side that asked last, on its grid."""
        found: Asking = st.session_state.get(self._asking, (None, None))
        return found

    def mirror(self) -> None:
        """Left becomes right."""
        across: dict[str, Any] = {
            name: replace(at, side=1 - at.side) for name in ("pin", "box") if (at := getattr(self.wanted, name)) is not None
        }
        self.change(layers=self.wanted.layers[::-1], **across)
        st.session_state[self._asking] = self.asking()[::-1]
        if (grids := st.session_state.get(self._grids)) is not None:
            st.session_state[self._grids] = grids[::-1]

    def carry(self, grids: Grids, foreign: bool) -> CompareSettings:
        """The settings, with pin and box where they were on their pictures, however these are cut now.

        foreign: whether something stands in for what the link speaks of; what it says of its own pictures and models waits.
        """
        state = st.session_state
        if foreign and self._held not in state:
            state[self._held] = {name: getattr(self.wanted, name) for name in FOREIGN}
            self.release()
        elif not foreign and self._held in state:
            self.change(**state.pop(self._held))
            state.pop(self._grids, None)
        before: Grids = state.get(self._grids, grids)
        state[self._grids] = grids
        for name in ("pin", "box"):
            at = getattr(self.wanted, name)
            if at is not None and (now := _carried(at, before[at.side], grids[at.side])) != at:
                self.change(**{name: now})
        return self.wanted

    def place(self, **changes: Any) -> None:
        """As `change`, with pin and box on the pictures that come next, whichever were there before."""
        for name in (self._grids, self._held):
            st.session_state.pop(name, None)
        self.change(**FOREIGN | changes)

    def release(self) -> None:
        """Other pictures or models come, which have other patches and heads."""
        before = self.wanted
        if changed := {name: value for name, value in FOREIGN.items() if getattr(before, name) != value}:
            self.change(**changed)

    def for_browser(self) -> dict[str, Any]:
        """What the browser has to know: the settings, those that it takes over although it has its own, and those at first."""
        return self._handover.for_browser()

    @property
    def _handover(self) -> Handover[CompareSettings]:
        name = f"{self.name}_view"
        return Handover(name, self.opening, CompareSettings.for_browser, settings_of_link, settings_of_browser)

    @property
    def _asking(self) -> str:
        return f"{self.name}_asking"

    @property
    def _grids(self) -> str:
        return f"{self.name}_grids"

    @property
    def _held(self) -> str:
        return f"{self.name}_held"


def _carried(at: Any, before: PatchGrid, after: PatchGrid) -> Any:
    """A pin or a box; None where it lies outside."""
    if at.row >= before.rows or at.col >= before.cols:
        return None
    if (before.rows, before.cols) == (after.rows, after.cols):
        return at
    row, col = moved((at.row, at.col), before, after)
    if not hasattr(at, "rows"):
        return replace(at, row=row, col=col)
    end_row, end_col = moved((at.row + at.rows - 1, at.col + at.cols - 1), before, after)
    return replace(at, row=row, col=col, rows=end_row - row + 1, cols=end_col - col + 1)


COMPARISON: Final = ComparisonState("compare", OPENING)
"""That of the page "Compare"."""
