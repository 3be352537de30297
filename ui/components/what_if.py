"""The components of the page "What if". The browser owns the list of changes, and asks the server for their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ui.components.component import component_in

_strip = component_in("what_if", "regard_what_if_strip")
_panel = component_in("heads_to_edit", "regard_what_if_panel")
_effects = component_in("head_effects", "regard_head_effects")
_python = component_in("what_if_python", "regard_what_if_python", "compare/code.css", html="compare/code.html")


def what_if_strip(key: str, model: str, reader: dict[str, Any]) -> None:
    """The list of changes, with undo and how far they move the model, over the comparison of that key.

    model: whose heads they are. reader: what the list opens with, and what the script sets in it (ui/whatif/state.py).
    """
    _strip(key=f"{key}-strip", data={"key": key, "model": model, **reader}, on_renew_change=lambda: None)


def what_if_panel(key: str, calls: Sequence[int]) -> None:
    """Every head to click. calls: for each drawn layer the number of its attention call, by which changes name it."""
    _panel(key=f"{key}-panel", data={"key": key, "calls": list(calls)})


def head_effects(key: str) -> None:
    """Every head by its effect beside its contribution, and how many heads can go together; measured if the reader wants it."""
    _effects(key=f"{key}-effects", data={"key": key})


def what_if_python(key: str, picture: str) -> None:
    """The list of changes as Python. picture: the name of the picture's file."""
    _python(key=f"{key}-python", data={"key": key, "picture": picture})
