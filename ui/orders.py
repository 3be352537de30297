"""Orders: changes that a page's script makes in a view that the browser owns, such as a link's settings, presets and Reset.

The script knows nothing else about the view. Orders have numbers, and the browser follows each order once.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

MOST: Final = 16
"""Number of orders that stay for a browser that has not seen them yet."""
_BY_LINK: Final = "came_by_link"


def note_arrival(by_link: bool) -> None:
    """Store whether the session began on this page with a link that has parameters. Such a link may be an old one."""
    st.session_state[_BY_LINK] = by_link


@dataclass(frozen=True)
class Orders:
    """Orders for one view.

    name: begins their keys in the session. parameters: link parameters that belong to the view. unsaid: the meaning of a link
    that does not name a parameter. It counts only for the link that began the session.
    """

    name: str
    parameters: Collection[str]
    unsaid: Mapping[str, str] = field(default_factory=dict)

    def enter(self, entered: bool) -> None:
        """Order the browser to follow the link, if the page was just entered and the link has settings of the view."""
        if not entered:
            return
        link = {name: ",".join(st.query_params.get_all(name)) for name in self.parameters if name in st.query_params}
        if st.session_state.get(_BY_LINK):
            link = {**self.unsaid, **link}
        if any(link.values()):
            self.give(link=link)

    def set(self, **settings: Any) -> None:
        """Set some settings of the view, by the browser's names."""
        self.give(settings=settings)

    def reset(self) -> None:
        """Set the whole view back to its opening settings."""
        self.give(reset=True)

    def give(self, **order: Any) -> None:
        """Give an order that the browser's side of the view understands."""
        orders: list[dict[str, Any]] = st.session_state.get(f"{self.name}_orders", [])
        number = orders[-1]["number"] + 1 if orders else 1
        st.session_state[f"{self.name}_orders"] = [*orders, {"number": number, **order}][-MOST:]

    def for_browser(self) -> dict[str, Any]:
        """Return the orders with a name for the session, because every session counts its own orders."""
        orders: list[dict[str, Any]] = st.session_state.get(f"{self.name}_orders", [])
        return {"session": self._session, "given": orders}

    @property
    def _session(self) -> str:
        session: str = st.session_state.setdefault(f"{self.name}_session", secrets.token_hex(4))
        return session
