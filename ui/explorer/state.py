"""The controls of the bar over a picture: their side, their defaults by URL parameter, and setting them in a callback.

The browser owns the controls of the picture itself (ui/explorer/view_state.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from ui.explorer.view_state import COUNTED, FOREIGN, change_view, reset_view
from ui.offers import opening_model

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

NOTES_EXAMPLE: Final[dict[str, Any]] = {"model": "raw-patches", "patch": 16, "across": 8}
"""128 × 128 pixels in patches of 16 × 16: 64 patches, each asking the other 63."""


def _release() -> None:
    change_view(**dict.fromkeys(FOREIGN))


@dataclass(frozen=True)
class Side:
    """One of the pictures of a page, with its model.

    prefix: begins its keys in the session and its parameters in the link; "" if a page has one picture. defaults: as DEFAULTS.
    features: True if the page shows features of patches. Then large pictures are recorded with features too, and a layer is
    prepared for the browser when the browser requests it.
    release: called if the link's patch and heads belong to other weights.
    """

    prefix: str = ""
    defaults: Mapping[str, Any] = field(default_factory=lambda: DEFAULTS)
    features: bool = False
    release: Callable[[], None] = _release

    def key(self, name: str) -> str:
        return f"{self.prefix}-{name}" if self.prefix else name


ONLY: Final = Side()
"""The side of a page with one picture, such as "Your image"."""


def reset() -> None:
    """Set every control back to its default. An uploaded picture stays."""
    yours = st.session_state.get("picture") == YOURS
    opening = DEFAULTS | {"model": opening_model(DEFAULTS["model"])}
    apply({name: value for name, value in opening.items() if not (yours and name == "picture")})
    reset_view()


def show_notes_example() -> None:
    apply(NOTES_EXAMPLE)
    change_view(square=True, query="patch", grid_lines=True, **dict.fromkeys(COUNTED))


def apply(settings: dict[str, Any], side: Side = ONLY) -> None:
    """Set controls of the bar. Call it in a callback."""
    for name, value in settings.items():
        st.session_state[side.key(name)] = value
