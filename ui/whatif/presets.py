"""Presets of the page "What if"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from attention_core.interventions.changes import NONE
from ui.explorer.state import DEFAULTS, apply
from ui.offers import is_offered
from ui.whatif.state import ACTS, OPENING, OPENING_ACTS, VIEW

EXAMPLES: Final = "what-if-examples"
"""The key of the presets' menu."""
_FACE: Final = "blank:3,13,11,9"


@dataclass(frozen=True)
class Preset:
    """A change that one click sets up. settings: differences from OPENING. controls: of the bar, besides the model."""

    title: str
    says: str
    edits: str
    settings: dict[str, Any] = field(default_factory=dict)
    controls: dict[str, Any] = field(default_factory=dict)


_MOVED: Final = {"show": "moved", "layers": (11, 11)}
_ASTRONAUT: Final = {"picture": DEFAULTS["picture"], "across": DEFAULTS["across"]}
PRESETS: Final = (
    Preset("One head off", "Without this head, the flag also looks at the space suit.", OPENING_ACTS, controls=_ASTRONAUT),
    Preset(
        "What moves without it",
        "The same head is off. You see how far each patch moved. The wall moved most.",
        OPENING_ACTS,
        _MOVED,
    ),
    Preset("A whole layer off", "In layer 5, no patch passes anything on to another.", "5.*:off", _MOVED),
    Preset("Equal weights", "Every head of layer 8 gives all tokens the same weight.", "8.*:even"),
    Preset("The face blanked", "The picture changes, not the model. Which patches move?", _FACE, _MOVED, _ASTRONAUT),
    Preset("Nothing changed", "Start with the unchanged model.", NONE),
)


def offer_presets() -> None:
    """Show the presets. They only work with the default model."""
    if not is_offered(DEFAULTS["model"]):
        st.caption(f"The examples need {DEFAULTS['model']}. This server does not offer it.")
        return
    for preset in PRESETS:
        # No tooltip: a button with a tooltip misses clicks while the browser fetches layer after layer.
        st.button(preset.title, on_click=_follow(preset), width="stretch", key=f"what-if-{preset.title}")
        st.caption(preset.says)


def _follow(preset: Preset) -> Callable[[], None]:
    def follow() -> None:
        st.session_state[EXAMPLES] = False  # the menu closes
        apply({"model": DEFAULTS["model"]} | preset.controls)
        ACTS.set(edits=preset.edits)
        names = ("show", "layers", "heads", "difference")
        VIEW.change(**{name: preset.settings.get(name, getattr(OPENING, name)) for name in names})

    return follow
