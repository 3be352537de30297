"""What sessions have made and the server keeps: loaded models, recordings, rollouts, passes with changes, findings.

Who makes one may take minutes, in a job or with a progress bar; so others ask whether it is there, and nobody makes it by
asking. Shared by all sessions, so keyed by content and settings, and bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from torch import Tensor

from attention_core import VisionModel
from attention_core.analysis.rollout import Fusion
from ui.recording import Recording


def hub_model(name: str, checkpoint: str = "") -> VisionModel | None:
    """A model that somebody has loaded, with its own weights or those of this digest; else None (ui/explorer/hub_models.py)."""
    found: VisionModel | None = _kept(_hub_model, name, checkpoint)
    return found


def keep_hub_model(name: str, checkpoint: str, model: VisionModel) -> VisionModel:
    return _hub_model(name, checkpoint, lambda: model)


@st.cache_resource(max_entries=3, show_spinner=False)
def _hub_model(name: str, checkpoint: str, _make: Callable[[], VisionModel]) -> VisionModel:
    return _make()


def keep_recording(made: Recording) -> Recording:
    return (_large_recording if made.large else _recording)(made.key, lambda: made)


def kept_recording(key: str) -> Recording | None:
    """A recording that somebody has made and that is still here."""
    kept: Recording | None = _kept(_recording, key) or _kept(_large_recording, key)
    return kept


@st.cache_resource(max_entries=6, show_spinner=False)
def _recording(key: str, _make: Callable[[], Recording]) -> Recording:
    return _make()


@st.cache_resource(max_entries=1, show_spinner=False)
def _large_recording(key: str, _make: Callable[[], Recording]) -> Recording:
    """A gigabyte it may be, so there is one of them at a time."""
    return _make()


def rollout(
    shown: Recording, token: int, fusion: Fusion, discard: float, on_layer: Callable[[int], None] | None = None
) -> Tensor:
    """What the token holds of every other after all layers, (N) float32; on_layer is told how many layers are done."""
    kept = kept_rollout(shown, token, fusion, discard)
    if kept is None:
        rolled = shown.record.rollout(token, fusion, discard=discard, on_layer=on_layer)
        kept = keep_rollout(shown, token, fusion, discard, rolled[0].float())
    return kept


def kept_rollout(shown: Recording, token: int, fusion: Fusion, discard: float) -> Tensor | None:
    """A rollout that somebody has made and that is still here."""
    kept: Tensor | None = _kept(_rollout, shown.key, token, fusion, discard)
    return kept


def keep_rollout(shown: Recording, token: int, fusion: Fusion, discard: float, weights: Tensor) -> Tensor:
    return _rollout(shown.key, token, fusion, discard, lambda: weights)


@st.cache_resource(max_entries=64, show_spinner=False)
def _rollout(key: str, token: int, fusion: str, discard: float, _make: Callable[[], Tensor]) -> Tensor:
    return _make()


def kept_changed(name: str) -> Any:
    """A model's pass with changes of that name, which says of what; None where nobody has made it yet."""
    return _kept(_changed, name)


def keep_changed(name: str, made: Any) -> Any:
    return _changed(name, lambda: made)


@st.cache_resource(max_entries=4, show_spinner=False)
def _changed(name: str, _make: Callable[[], Any]) -> Any:
    return _make()


def kept_findings(name: str) -> Any:
    """Matches, components, segments or movement of that name, which says of what; None where nobody has made them yet."""
    return _kept(_findings, name)


def keep_findings(name: str, found: Any) -> Any:
    return _findings(name, lambda: found)


@st.cache_resource(max_entries=48, show_spinner=False)
def _findings(name: str, _make: Callable[[], Any]) -> Any:
    return _make()


def _kept(cached: Callable[..., Any], *key: object) -> Any:
    """What a cache of this shape holds, without making it; None where it is not there."""
    try:
        return cached(*key, _missing)
    except KeyError:
        return None


def _missing() -> Any:
    raise KeyError  # what raises is not kept
