"""Every head of the model: its map for the token that asks, and numbers: how far it looks, what it writes, what is like it."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from attention_core.export.bundler import text
from ui.components.heads_atlas import heads_atlas
from ui.components.store import keep_contributions, keep_likeness, keep_statistics
from ui.components.told import told
from ui.explorer.loading import find_contributions, find_likeness, measure_heads
from ui.explorer.state import EXPLORER
from ui.recording import Recording

ATLAS: Final = "heads-atlas"
_WANTED: Final = "heads_to_measure"
MEASURES: Final = ("mean_distance", "entropy", "prefix_share", "contribution", "box", "likeness")
"""By their names in assets/explorer/head_measures.js; assets/texts/ says what each is."""
_KINDS: Final = ("statistics", "contributions", "likeness")


def show_heads(shown: Recording) -> None:
    """The maps at once; what only Python measures comes when somebody looks at it, as the last thing of a run."""
    if reason := why_none(shown):
        st.markdown(text(f"texts/{reason}.md"))
        return
    says = {name: text(f"texts/{name}.md").replace("\n", " ").strip() for name in MEASURES}
    heads_atlas(EXPLORER, says, key=ATLAS, on_wanted=_want)
    wanted = _wanted_of(shown)
    if "contributions" in wanted and shown.contributes:
        keep_contributions(shown, find_contributions(shown), ATLAS)
    if "statistics" in wanted:
        keep_statistics(shown, measure_heads(shown), ATLAS)
    if (like := wanted.get("likeness")) is not None:
        keep_likeness(shown, like, find_likeness(shown, *like), ATLAS)


def why_none(shown: Recording) -> str:
    """The text that says why there are no heads side by side; "" where there are."""
    if not shown.model.plain:
        return "heads_in_windows"
    if shown.large:
        return "too_many_to_measure"
    return "one_head" if sum(each.layer.num_heads for each in shown.layers) < 2 else ""


def _want() -> None:
    """What the browser misses of a recording, besides what it asked for before; it may say anything."""
    wanted = told(ATLAS, "wanted")
    if not isinstance(wanted, dict) or wanted.get("what") not in _KINDS:
        return
    recording, before = st.session_state.get(_WANTED, ("", {}))
    kept = before if recording == wanted.get("recording") else {}
    st.session_state[_WANTED] = (wanted.get("recording"), kept | {wanted["what"]: wanted.get("like")})


def _wanted_of(shown: Recording) -> dict[str, Any]:
    """By kind; of a likeness the layer and head that others are compared with, if there is such a head."""
    recording, told_of = st.session_state.get(_WANTED, ("", {}))
    wanted: dict[str, Any] = dict(told_of) if recording == shown.key else {}
    return wanted | {"likeness": _head_of(shown, wanted.get("likeness"))}


def _head_of(shown: Recording, like: object) -> tuple[int, int] | None:
    if not isinstance(like, list | tuple) or [type(number) for number in like] != [int, int]:
        return None
    layer, head = like
    return (layer, head) if layer in range(len(shown.layers)) and head in range(shown.layers[layer].layer.num_heads) else None
