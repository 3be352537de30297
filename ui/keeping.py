"""What sessions have made and the server keeps: loaded models, recordings, rollouts, passes with changes, findings.

Who makes one may take minutes, in a job or with a progress bar; so others ask whether it is there, and nobody makes it by
asking. Shared by all sessions, so named by content and settings, and bounded (ui/shared/kept.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from attention_core import VisionModel
from attention_core.analysis.rollout import Fusion
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


def rollout(
    shown: Recording, token: int, fusion: Fusion, discard: float, on_layer: Callable[[int], None] | None = None
) -> Tensor:
    """What the token holds of every other after all layers, (N) float32; on_layer is told how many layers are done."""
    found: Tensor | None = store().find(("rollout", shown.key, token, fusion, discard))
    if found is None:
        made = shown.whole.record.rollout(token, fusion, discard=discard, on_layer=on_layer)[0].float()
        found = store().keep(("rollout", shown.key, token, fusion, discard), made)
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
