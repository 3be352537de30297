"""The components of the page "What if". The browser owns the list of changes and requests their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ui.components.component import component_in

_strip = component_in("what_if", "regard_what_if_strip")
_panel = component_in("heads_to_edit", "regard_what_if_panel")
_effects = component_in("head_effects", "regard_head_effects")
_python = component_in("what_if_python", "regard_what_if_python", "compare/code.css", html="compare/code.html")


def what_if_strip(key: str, model: str, reader: dict[str, Any]) -> None:
    """Show the list of changes above the comparison of that key, with undo and how far the changes move the model.

    model: the title of the changed model. reader: the list's opening changes and orders (ui/whatif/state.py).
    """
    _strip(key=f"{key}-strip", data={"key": key, "model": model, **reader}, on_renew_change=lambda: None)


def what_if_panel(key: str, calls: Sequence[int]) -> None:
    """Show every head as a button. calls: for each drawn layer the number of its attention call, as changes name it."""
    _panel(key=f"{key}-panel", data={"key": key, "calls": list(calls)})


def head_effects(key: str) -> None:
    """Show every head's effect and contribution, and the effect of many heads off together. A click starts measuring."""
    _effects(key=f"{key}-effects", data={"key": key})


def what_if_python(key: str, picture: str) -> None:
    """Show the list of changes as Python. picture: the name of the picture's file."""
    _python(key=f"{key}-python", data={"key": key, "picture": picture})
