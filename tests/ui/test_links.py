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


@pytest.mark.parametrize(("in_link", "opens"), [({}, "Depth"), ({"tab": "Matrix"}, "How to read it")])
def test_pages_that_tie_tabs_to_one_parameter_keep_their_own(
    monkeypatch: pytest.MonkeyPatch, in_link: dict[str, str], opens: str
) -> None:
    """What the link says Streamlit itself puts in place of what another page has left."""
    state = State(tab="Depth")
    monkeypatch.setattr(links.st, "session_state", state)
    monkeypatch.setattr(links.st, "query_params", {})
    assert links.bound("tab", "image", default="Heads") == {"key": "tab", "bind": "query-params", "default": "Heads"}
    links.bound("tab", "switches")
    assert "tab" not in state, "a title that both pages have is not taken along"
    state["tab"] = "How to read it"
    links.bound("tab", "switches")
    monkeypatch.setattr(links.st, "query_params", in_link)
    links.bound("tab", "image")
    assert state["tab"] == opens
