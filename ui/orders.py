"""What a page's script sets in a view that the browser owns: what the link says as the page is entered, presets, Reset.

The script knows nothing of the view besides. Orders are numbered, and the browser follows each of them once.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

MOST: Final = 16
"""Orders that are kept for a browser that has not seen them yet."""
_BY_LINK: Final = "came_by_link"


def note_arrival(by_link: bool) -> None:
    """Note, as a page is entered, whether the session began there with a link that says something. It may be an old link."""
    st.session_state[_BY_LINK] = by_link


@dataclass(frozen=True)
class Orders:
    """Orders of one view.

    name: begins their keys in the session. parameters: those of a link that belong to the view. unsaid: what a link that the
    reader came by means if it does not name a parameter.
    """

    name: str
    parameters: Collection[str]
    unsaid: Mapping[str, str] = field(default_factory=dict)

    def enter(self, entered: bool) -> None:
        """Have the browser follow the link, if the page has just been entered and the link says something of the view."""
        link = {name: ",".join(st.query_params.get_all(name)) for name in self.parameters if name in st.query_params}
        if st.session_state.get(_BY_LINK):
            link = {**self.unsaid, **link}
        if entered and any(link.values()):
            self.give(link=link)

    def set(self, **settings: Any) -> None:
        """Set some of the view, by the browser's names."""
        self.give(settings=settings)

    def reset(self) -> None:
        """Set all of the view to what the page opens with."""
        self.give(reset=True)

    def give(self, **order: Any) -> None:
        """Give an order as the browser's side of the view understands it."""
        given: list[dict[str, Any]] = st.session_state.get(f"{self.name}_orders", [])
        number = given[-1]["number"] + 1 if given else 1
        st.session_state[f"{self.name}_orders"] = [*given, {"number": number, **order}][-MOST:]

    def for_browser(self) -> dict[str, Any]:
        """Return the orders, with a name for the session: another session's numbers are others."""
        given: list[dict[str, Any]] = st.session_state.get(f"{self.name}_orders", [])
        return {"session": self._session, "given": given}

    @property
    def _session(self) -> str:
        session: str = st.session_state.setdefault(f"{self.name}_session", secrets.token_hex(4))
        return session
