"""Cached results of jobs: models, recordings, maps through all layers, passes with changes, findings.

A result may take minutes, in a job or with a progress bar. So most functions here only look it up and do not compute it. All
sessions share the results, so keys are content and settings; ui/shared/kept.py limits their size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from attention_core import VisionModel
from ui.recording import Recording
from ui.shared.kept import store


def hub_model(name: str, checkpoint: str = "") -> VisionModel | None:
    """Return a loaded model with its own weights or with those of this digest; None if nobody has loaded it."""
    model: VisionModel | None = store().find(("hub model", name, checkpoint))
    return model


def keep_hub_model(name: str, checkpoint: str, model: VisionModel) -> VisionModel:
    return store().keep(("hub model", name, checkpoint), model)


def keep_recording(recording: Recording) -> Recording:
    return store().keep(("recording", recording.key), recording)


def kept_recording(key: str) -> Recording | None:
    """Return a cached recording; None if it is not cached."""
    recording: Recording | None = store().find(("recording", key))
    return recording


def through_layers(
    shown: Recording,
    method: str,
    token: int,
    settings: tuple[tuple[str, Any], ...],
    on_layer: Callable[[int], None] | None = None,
) -> Tensor:
    """Return one token's row through all layers, (N) float32. on_layer: called with the number of finished layers."""
    key = (method, shown.key, token, settings)
    row: Tensor | None = store().find(key)
    if row is None:
        row = store().keep(key, shown.whole.record.through_layers(method, token, on_layer, **dict(settings))[0].float())
    return row


def kept_changed(name: str) -> Any:
    """Return the cached pass with changes of that name; None if it is not cached. The name says what it belongs to."""
    return store().find(("changed", name))


def keep_changed(name: str, changed: Any) -> Any:
    return store().keep(("changed", name), changed)


def kept_findings(name: str) -> Any:
    """Return the cached findings (matches, components and others) of that name; None if they are not cached."""
    return store().find(("findings", name))


def keep_findings(name: str, findings: Any) -> Any:
    return store().keep(("findings", name), findings)
