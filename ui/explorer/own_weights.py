"""The reader's own weights: the link names them by their digest, and cannot carry them."""

from __future__ import annotations

import hashlib
import re
from typing import Final

import streamlit as st

from attention_core.models import model_info
from ui.explorer.state import ONLY, Side
from ui.links import link, linked

UPLOADER: Final = "own-weights"
LETTERS: Final = 8
"""Of the digest, in the link."""
WEIGHTS: Final = "weights"
OWN_DIGEST: Final = "weights_digest"
_UPLOADER_KEY: Final = "weights_uploader"


def uploader_key(side: Side = ONLY) -> str:
    """Of the side's uploader: its own, or that of the other side with which it has changed places."""
    key: str = st.session_state.get(side.key(_UPLOADER_KEY), side.key(UPLOADER))
    return key


def exchange_uploaders(one: Side, other: Side) -> None:
    """What was given to one is the other's; for a callback."""
    keys = uploader_key(one), uploader_key(other)
    st.session_state[other.key(_UPLOADER_KEY)], st.session_state[one.key(_UPLOADER_KEY)] = keys


def digest_of(file_id: str, weights: bytes, side: Side = ONLY) -> str:
    """Of an uploaded file; computed once, for hundreds of megabytes take a second."""
    kept: tuple[str, str] = st.session_state.get(side.key(OWN_DIGEST), ("", ""))
    if kept[0] != file_id:
        kept = (file_id, hashlib.sha256(weights).hexdigest()[:32])
        st.session_state[side.key(OWN_DIGEST)] = kept
    return kept[1]


def asked_digest(side: Side = ONLY) -> str:
    """Of the weights that the link names: all of it where this session has had them, else its first letters; "" for none."""
    asked = linked(side.key(WEIGHTS))
    if not re.fullmatch(f"[0-9a-f]{{{LETTERS}}}", asked):
        return ""
    had: str = st.session_state.get(side.key(OWN_DIGEST), ("", ""))[1]
    return had if had.startswith(asked) else asked


def link_weights(digest: str, side: Side = ONLY) -> None:
    """The link names what is shown, "" for no weights of one's own. What it said of others' patch and heads goes with them."""
    asked, shown = asked_digest(side)[:LETTERS], digest[:LETTERS]
    if asked and asked != shown:
        side.release()
    if asked != shown:
        link(side.key(WEIGHTS), shown)


def leave_weights(side: Side = ONLY) -> None:
    """Another model is chosen; they come back with theirs."""
    st.query_params.pop(side.key(WEIGHTS), None)


def forget_weights(side: Side = ONLY) -> None:
    """The reader wants others; for a callback."""
    link_weights("", side)


def file_changed(side: Side = ONLY) -> None:
    """For the uploader's callback."""
    if st.session_state[uploader_key(side)] is None:
        forget_weights(side)


def name_changed(side: Side = ONLY) -> None:
    """Weights that are not here are those of the name before."""
    if st.session_state.get(uploader_key(side)) is None:
        forget_weights(side)


def say_about_weights(missing: str, stand_in: str, side: Side = ONLY) -> None:
    """Over the map of the model that stands in for the weights of that digest; nothing where it is ""."""
    if missing:
        name = model_info(st.session_state[side.key("hub")]).title
        st.info(
            f"This link is for somebody's own weights of {name} ({missing[:LETTERS]}…), which no link carries. {stand_in} "
            "stands in for them, without the link's patch and heads. Give the file under “Your own weights” in the menu of "
            "models."
        )
