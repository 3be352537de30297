"""The reader's own weights. A link names them by their digest and does not contain them."""

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
"""Number of the digest's characters in a link."""
WEIGHTS: Final = "weights"
OWN_DIGEST: Final = "weights_digest"
_UPLOADER_KEY: Final = "weights_uploader"


def uploader_key(side: Side = ONLY) -> str:
    """Return the key of the side's uploader. After a swap of the sides, it is the other side's key."""
    key: str = st.session_state.get(side.key(_UPLOADER_KEY), side.key(UPLOADER))
    return key


def exchange_uploaders(one: Side, other: Side) -> None:
    """Swap the uploaded weights of two sides. Call it in a callback."""
    keys = uploader_key(one), uploader_key(other)
    st.session_state[other.key(_UPLOADER_KEY)], st.session_state[one.key(_UPLOADER_KEY)] = keys


def digest_of(file_id: str, weights: bytes, side: Side = ONLY) -> str:
    """Return the digest of an uploaded file. It is computed once, because hundreds of megabytes take a second."""
    last_file: tuple[str, str] = st.session_state.get(side.key(OWN_DIGEST), ("", ""))
    if last_file[0] != file_id:
        last_file = (file_id, hashlib.sha256(weights).hexdigest()[:32])
        st.session_state[side.key(OWN_DIGEST)] = last_file
    return last_file[1]


def asked_digest(side: Side = ONLY) -> str:
    """Return the digest of the link's weights: whole if this session has had them, else its first LETTERS; "" for none."""
    asked = linked(side.key(WEIGHTS))
    if not re.fullmatch(f"[0-9a-f]{{{LETTERS}}}", asked):
        return ""
    whole: str = st.session_state.get(side.key(OWN_DIGEST), ("", ""))[1]
    return whole if whole.startswith(asked) else asked


def link_weights(digest: str, side: Side = ONLY) -> None:
    """Write the current weights into the link. If they replace others, also release the link's patch and heads."""
    before, now = asked_digest(side)[:LETTERS], digest[:LETTERS]
    if before and before != now:
        side.release()
    if before != now:
        link(side.key(WEIGHTS), now)


def leave_weights(side: Side = ONLY) -> None:
    """Take the weights out of the address, because another model is chosen. They return with their own model."""
    st.query_params.pop(side.key(WEIGHTS), None)


def forget_weights(side: Side = ONLY) -> None:
    """Forget the link's weights. Call it in a callback."""
    link_weights("", side)


def file_changed(side: Side = ONLY) -> None:
    """Forget the weights if the uploader is empty. This is the uploader's callback."""
    if st.session_state[uploader_key(side)] is None:
        forget_weights(side)


def name_changed(side: Side = ONLY) -> None:
    """Forget missing weights when the reader chooses another name, because they belong to the name before."""
    if st.session_state.get(uploader_key(side)) is None:
        forget_weights(side)


def say_about_weights(missing: str, stand_in: str, side: Side = ONLY) -> None:
    """Say that a stand-in model is on the map if the link's weights are missing. missing: their digest or ""."""
    if missing:
        name = model_info(st.session_state[side.key("hub")]).title
        st.info(
            f"This link belongs to somebody's own weights of {name} ({missing[:LETTERS]}…). A link does not contain weights. "
            f"This page shows {stand_in} instead. The link's patch and heads are ignored. To use the weights, add their file "
            "under “Your own weights” in the model menu."
        )
