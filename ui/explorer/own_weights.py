"""The reader's own weights: the link names them by their digest, and cannot carry them."""

from __future__ import annotations

import hashlib
import re
from typing import Final

import streamlit as st

from attention_core.models import model_info
from ui.explorer.view_state import change_view
from ui.links import link, linked

UPLOADER: Final = "own-weights"
LETTERS: Final = 8
"""Of the digest, in the link."""
_WEIGHTS: Final = "weights"
_DIGEST: Final = "weights_digest"


def digest_of(file_id: str, weights: bytes) -> str:
    """Of an uploaded file; computed once, for hundreds of megabytes take a second."""
    kept: tuple[str, str] = st.session_state.get(_DIGEST, ("", ""))
    if kept[0] != file_id:
        kept = (file_id, hashlib.sha256(weights).hexdigest()[:32])
        st.session_state[_DIGEST] = kept
    return kept[1]


def asked_digest() -> str:
    """Of the weights that the link names: all of it where this session has had them, else its first letters; "" for none."""
    asked = linked(_WEIGHTS)
    if not re.fullmatch(f"[0-9a-f]{{{LETTERS}}}", asked):
        return ""
    had: str = st.session_state.get(_DIGEST, ("", ""))[1]
    return had if had.startswith(asked) else asked


def link_weights(digest: str) -> None:
    """The link names what is shown, "" for no weights of one's own. What it said of others' patch and heads goes with them."""
    asked, shown = asked_digest()[:LETTERS], digest[:LETTERS]
    if asked and asked != shown:
        change_view(pin=None, heads=None)
    if asked != shown:
        link(_WEIGHTS, shown)


def leave_weights() -> None:
    """Another model is chosen; they come back with theirs."""
    st.query_params.pop(_WEIGHTS, None)


def forget_weights() -> None:
    """The reader wants others; for a callback."""
    link_weights("")


def file_changed() -> None:
    """For the uploader's callback."""
    if st.session_state[UPLOADER] is None:
        forget_weights()


def name_changed() -> None:
    """Weights that are not here are those of the name before."""
    if st.session_state.get(UPLOADER) is None:
        forget_weights()


def say_about_weights(missing: str, stand_in: str) -> None:
    """Over the map of the model that stands in for the weights of that digest; nothing where it is ""."""
    if missing:
        name = model_info(st.session_state["hub"]).title
        st.info(
            f"This link is for somebody's own weights of {name} ({missing[:LETTERS]}…), which no link carries. {stand_in} "
            "stands in for them, without the link's patch and heads. Give the file under “Your own weights” in the menu of "
            "models."
        )
