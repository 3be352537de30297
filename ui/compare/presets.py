"""Presets of the Compare page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import streamlit as st

from ui.compare.settings import OPENING
from ui.compare.sides import BOTH
from ui.compare.view_state import COMPARISON
from ui.explorer.state import DEFAULTS, apply
from ui.links import control
from ui.offers import HUB, is_offered

TAB: Final = "tab"
EXAMPLES: Final = "examples"
"""The key of the presets' menu."""
MOVED: Final = "How far they moved"


@dataclass(frozen=True)
class Preset:
    """A comparison that one click sets up.

    same: True if the right side takes the left's picture. models: of both sides. settings: differences from OPENING. hub: the
    right model's name on the hub.
    """

    title: str
    says: str
    same: bool
    models: tuple[str, str]
    settings: dict[str, Any] = field(default_factory=dict)
    tab: str = ""
    hub: str = ""


_TRAINED: Final = str(DEFAULTS["model"])
PRESETS: Final = (
    Preset("Two pictures", "Which patch of the other picture is this one?", False, (_TRAINED, _TRAINED)),
    Preset(
        "Where it looks · what it resembles",
        "One picture. The left side shows where the patch looks, the right side shows which patches it resembles.",
        True,
        (_TRAINED, _TRAINED),
        {"show": "both"},
    ),
    Preset(
        "Original · fine-tuned",
        "One picture. DINOv2-small is on the left, the same architecture with your weights on the right. Add your file under "
        "“Your own weights” in the right model menu. For another architecture, choose it on both sides.",
        True,
        (_TRAINED, HUB),
        {"show": "attention", "asks": "place"},
        MOVED,
        "vit_small_patch14_dinov2.lvd142m",
    ),
    Preset(
        "Two layers",
        "One picture in an early layer and in the last layer.",
        True,
        (_TRAINED, _TRAINED),
        {"layers": (4, 11), "locked": False, "asks": "place"},
    ),
    Preset(
        "Two models",
        "One picture, seen by a trained model and by untrained heads.",
        True,
        (_TRAINED, "random-heads"),
        {"layers": (11, 0), "locked": False, "asks": "place"},
    ),
)


def offer_presets() -> None:
    for preset in PRESETS:
        if not all(map(is_offered, preset.models)):
            continue
        # No tooltip: a button with a tooltip misses clicks while the browser fetches layer after layer.
        st.button(preset.title, on_click=_follow(preset), width="stretch", key=f"preset-{preset.title}")
        st.caption(preset.says)


def _follow(preset: Preset) -> Callable[[], None]:
    def follow() -> None:
        st.session_state[EXAMPLES] = False  # the menu closes
        left, right = (control(side.key("picture"), side.defaults["picture"]) for side in BOTH)
        if not preset.same and left == right:
            right = next(side.defaults["picture"] for side in BOTH if side.defaults["picture"] != left)
        pictures = (left, left if preset.same else right)
        for side, picture, model in zip(BOTH, pictures, preset.models, strict=True):
            apply({"picture": picture, "model": model}, side)
        changed = replace(OPENING, **preset.settings)
        COMPARISON.change(**{name: getattr(changed, name) for name in OPENING.__dataclass_fields__})
        if preset.tab:
            st.session_state[TAB] = preset.tab
        if preset.hub:
            apply({"hub": preset.hub}, BOTH[1])

    return follow
