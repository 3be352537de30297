"""Results that the server keeps for all sessions: models, recordings, maps through all layers, passes with changes, findings.

Who makes one may take minutes, in a job or with a progress bar; so others ask whether it is there, and nobody makes it by
asking. Shared by all sessions, so named by content and settings, and bounded (ui/shared/kept.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from attention_core import VisionModel
from ui.recording import Recording
from ui.shared.kept import store


def hub_model(name: str, checkpoint: str = "") -> VisionModel | None:
    """A model that somebody has loaded, with its own weights or those of this digest; else None (ui/explorer/hub_models.py)."""
    found: VisionModel | None = store().find(("hub model", name, checkpoint))
    return found


def keep_hub_model(name: str, checkpoint: str, model: VisionModel) -> VisionModel:
    return store().keep(("hub model", name, checkpoint), model)


def keep_recording(made: Recording) -> Recording:
    return store().keep(("recording", made.key), made)


def kept_recording(key: str) -> Recording | None:
    """A recording that somebody has made and that is still here."""
    found: Recording | None = store().find(("recording", key))
    return found


def through_layers(
    shown: Recording,
    method: str,
    token: int,
    settings: tuple[tuple[str, Any], ...],
    on_layer: Callable[[int], None] | None = None,
) -> Tensor:
    """Return what every token is to one through all layers, (N) float32; on_layer is told how many layers are done."""
    key = (method, shown.key, token, settings)
    found: Tensor | None = store().find(key)
    if found is None:
        made = shown.whole.record.through_layers(method, token, on_layer, **dict(settings))[0].float()
        found = store().keep(key, made)
    return found


def kept_changed(name: str) -> Any:
    """A model's pass with changes of that name, which says of what; None where nobody has made it yet."""
    return store().find(("changed", name))


def keep_changed(name: str, made: Any) -> Any:
    return store().keep(("changed", name), made)


def kept_findings(name: str) -> Any:
    """Matches, components, segments or movement of that name, which says of what; None where nobody has made them yet."""
    return store().find(("findings", name))


def keep_findings(name: str, found: Any) -> Any:
    return store().keep(("findings", name), found)
