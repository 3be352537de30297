"""What the link says is shown, and what a widget shows already is left alone."""

from __future__ import annotations

import pytest

from ui import links


class State(dict[str, object]):
    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.sets: list[str] = []

    def __setitem__(self, key: str, value: object) -> None:
        self.sets.append(key)
        super().__setitem__(key, value)


def test_a_widget_is_set_only_where_it_shows_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit sends whatever was set to the browser, over what the reader has done since."""
    state = State(layer=5, heads=[0, 1])
    monkeypatch.setattr(links.st, "session_state", state)
    links.show("layer", 5)
    links.show("heads", [0, 1])
    assert state.sets == []
    links.show("layer", 7)
    links.show("absent", 0)
    assert state == {"layer": 7, "heads": [0, 1], "absent": 0}
