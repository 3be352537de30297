"""The left and the right side of the page: their names, their defaults, and the swap of both."""

from __future__ import annotations

from typing import Final

import streamlit as st

from ui import jobs
from ui.compare.settings import SIDES
from ui.compare.view_state import COMPARISON
from ui.explorer.hub_models import LOAD
from ui.explorer.large_pictures import LARGE
from ui.explorer.loading import LAST_RECORDING
from ui.explorer.own_weights import OWN_DIGEST, WEIGHTS, exchange_uploaders
from ui.explorer.sources import LAST_SOURCE
from ui.explorer.state import DEFAULTS, Side, apply
from ui.links import control, link, linked

LEFT: Final = Side(SIDES[0], DEFAULTS, features=True, release=COMPARISON.release)
RIGHT: Final = Side(SIDES[1], DEFAULTS | {"picture": "cat"}, features=True, release=COMPARISON.release)
BOTH: Final = (LEFT, RIGHT)
COMPARE: Final = "compare"
"""The key of the component."""
_CONTROLS: Final = (*DEFAULTS, "hub")
_KEPT: Final = (LAST_SOURCE, LAST_RECORDING, OWN_DIGEST)


def swap() -> None:
    """Swap left and right. Call it in a callback."""
    for name in _CONTROLS:
        values = [control(side.key(name), side.defaults.get(name)) for side in BOTH]
        for side, value in zip(BOTH, reversed(values), strict=True):
            apply({name: value}, side)
    for name in _KEPT:
        values = [st.session_state.pop(side.key(name), None) for side in reversed(BOTH)]
        for side, value in zip(BOTH, values, strict=True):
            if value is not None:
                st.session_state[side.key(name)] = value
    weights = [linked(side.key(WEIGHTS)) for side in BOTH]
    for side, digest in zip(BOTH, reversed(weights), strict=True):
        link(side.key(WEIGHTS), digest)
    exchange_uploaders(*BOTH)
    for kind in (LOAD, LARGE):
        jobs.exchange(LEFT.key(kind), RIGHT.key(kind))
    COMPARISON.mirror()
