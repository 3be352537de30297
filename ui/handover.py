"""Settings that the browser owns, in the session: from the link as a page opens, from the browser after that.

What Python changes itself, such as a pin that a new picture releases, it hands over under a new version, and the browser takes
only that over, so that nothing undoes what the reader has done since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import streamlit as st

Settings = TypeVar("Settings")
Read = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Handover(Generic[Settings]):
    """Of one page. name: what its keys in the session begin with. opening: what the page opens with, a dataclass.

    written: settings by the browser's names. of_link, of_browser: settings by Python's names, from what anybody may have
    written; what is none is left out. browser_names: where the browser calls a setting otherwise.
    """

    name: str
    opening: Settings
    written: Callable[[Settings], dict[str, Any]]
    of_link: Read
    of_browser: Read
    browser_names: Mapping[str, str] = field(default_factory=dict)

    def begin(self, entered: bool) -> None:
        """Call it as the page begins; a link that says something of the settings is followed when the page is `entered`, and of
        what cannot be read the reader is told.
        """
        state = st.session_state
        state.setdefault(self.name, self.opening)
        state.setdefault(self._version, 0)
        state.setdefault(self._changes, {})
        said = {name: ",".join(st.query_params.get_all(name)) for name in st.query_params}
        found = self.of_link(said)
        if entered and (unread := self.unread(said)):
            st.toast(f"The link's {' and '.join(unread)} cannot be read: the page has its own.", icon=":material/link_off:")
        if entered and found:
            state[self.name] = self._with(self.opening, found)
            self._hand_over(self.written(self.wanted))

    def unread(self, said: Mapping[str, str]) -> list[str]:
        """The settings of which a link says something that is none of theirs."""
        names = [name for name in self.written(self.opening) if said.get(name)]
        return [name for name in names if not self.of_link({name: said[name]})]

    @property
    def wanted(self) -> Settings:
        """As the reader set them, whatever there is to show for them."""
        found: Settings = st.session_state[self.name]
        return found

    def change(self, **changes: Any) -> None:
        """Set some of them from Python; the browser takes that over."""
        st.session_state[self.name] = changed = self._with(self.wanted, changes)
        names = {self.browser_names.get(name, name) for name in changes}
        self._hand_over({name: value for name, value in self.written(changed).items() if name in names})

    def follow(self, parameters: Mapping[str, str]) -> None:
        """As `change`, by what a link may say."""
        self.change(**self.of_link(parameters))

    def take(self, told: object) -> dict[str, Any]:
        """What the browser tells, which may be anybody's; returns what else it says."""
        told = told if isinstance(told, dict) else {}
        state = st.session_state
        state[self.name] = self._with(self.opening, self.of_browser(told))
        if told.get("version") == state[self._version]:
            state[self._changes] = {}
        else:  # told before the browser heard of these
            changes = state[self._changes]
            python_names = {browser: name for name, browser in self.browser_names.items()}
            unset = {python_names.get(name, name) for name, value in changes.items() if value is None}
            at_first = {name: getattr(self.opening, name) for name in unset}
            state[self.name] = self._with(self.wanted, at_first | self.of_browser(changes))
        return told

    def for_browser(self) -> dict[str, Any]:
        """What the browser has to know: the settings, those that it takes over although it has its own, and those at first."""
        state = st.session_state
        return {
            "settings": self.written(self.wanted),
            "defaults": self.written(self.opening),
            "version": state[self._version],
            "changes": state[self._changes],
        }

    def _hand_over(self, changes: dict[str, Any]) -> None:
        st.session_state[self._version] += 1
        st.session_state[self._changes] = st.session_state[self._changes] | changes

    def _with(self, settings: Settings, changes: dict[str, Any]) -> Settings:
        return replace(settings, **changes)  # type: ignore[type-var]

    @property
    def _version(self) -> str:
        return f"{self.name}_version"

    @property
    def _changes(self) -> str:
        return f"{self.name}_changes"
