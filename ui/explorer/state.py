"""The controls of the bar over "Your image": their defaults by URL parameter, and setting them from a callback.

What acts on the picture itself is the browser's (ui/explorer/view_state.py).
"""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from ui.explorer.view_state import OPENING, change_view, wanted_view

EXPLORER: Final = "explorer"
"""The key of the explorer on this page."""
YOURS: Final = "yours"

DEFAULTS: Final[dict[str, Any]] = {
    "picture": "astronaut",
    "model": "dinov2-small",
    "patching": "trained",
    "patch": 16,
    "across": 37,
    "num_heads": 6,
    "head_dim": 64,
    "seed": 0,
}

NOTES_EXAMPLE: Final = {"model": "raw-patches", "patch": 16, "across": 8}
"""128 × 128 pixels in patches of 16 × 16: 64 patches, each asking the other 63."""


def reset() -> None:
    """Everything back to its default; an uploaded picture stays."""
    yours = st.session_state.get("picture") == YOURS
    apply({name: value for name, value in DEFAULTS.items() if not (yours and name == "picture")})
    changes = {name: getattr(OPENING, name) for name in OPENING.__dataclass_fields__}
    change_view(**changes)


def show_notes_example() -> None:
    apply(NOTES_EXAMPLE)
    change_view(square=True, query="patch", grid_lines=True, pin=None)


def apply(settings: dict[str, Any]) -> None:
    """Set controls of the bar; for a callback."""
    for name, value in settings.items():
        st.session_state[name] = value


def clear_pin() -> None:
    """Where another picture comes, or other patches."""
    if wanted_view().pin is not None:
        change_view(pin=None)
