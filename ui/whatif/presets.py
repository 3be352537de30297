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
"""The key of the menu that they stand in."""
_FACE: Final = "blank:3,13,11,9"


@dataclass(frozen=True)
class Preset:
    """settings: besides OPENING's. controls: of the bar, besides the model."""

    title: str
    says: str
    edits: str
    settings: dict[str, Any] = field(default_factory=dict)
    controls: dict[str, Any] = field(default_factory=dict)


_MOVED: Final = {"show": "moved", "layers": (11, 11)}
_ASTRONAUT: Final = {"picture": DEFAULTS["picture"], "across": DEFAULTS["across"]}
PRESETS: Final = (
    Preset("One head off", "Without it the flag looks at the space suit too.", OPENING_ACTS, controls=_ASTRONAUT),
    Preset(
        "Where it is missed",
        "The same head off: how far each patch moved, most of all the wall.",
        OPENING_ACTS,
        _MOVED,
    ),
    Preset("A whole layer off", "In layer 5 nothing is handed on from patch to patch.", "5.*:off", _MOVED),
    Preset("Alike everywhere", "Every head of layer 8 looks at all tokens alike.", "8.*:even"),
    Preset("The face blanked", "The picture is changed, not the model: whose features follow?", _FACE, _MOVED, _ASTRONAUT),
    Preset("Nothing changed", "Begin with the model as it is.", NONE),
)


def offer_presets() -> None:
    """They are for the model that the page opens with everywhere."""
    if not is_offered(DEFAULTS["model"]):
        st.caption(f"They are for {DEFAULTS['model']}, which this server does not offer.")
        return
    for preset in PRESETS:
        # In no tooltip: a button that has one misses presses while the browser fetches layer after layer.
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
