"""The components of the page "What if". The browser owns the list of changes, and asks the server for their results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attention_core.export.bundler import bundle, text
from ui.components.component import component


def _component(name: str, folder: str) -> Callable[..., Any]:
    """A component that is drawn by assets/{folder}/."""
    html, css = text(f"{folder}/{folder}.html"), text(f"{folder}/{folder}.css")
    return component(name, html=html, css=css, js=bundle(f"{folder}/{folder}.js"))


_strip = _component("regard_what_if_strip", "what_if")
_panel = _component("regard_what_if_panel", "heads_to_edit")
_effects = _component("regard_head_effects", "head_effects")
_python = _component("regard_what_if_python", "what_if_python")


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
