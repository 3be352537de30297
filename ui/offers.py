"""The models that this server offers: all, or those that its settings name (attention_core/settings.py)."""

from __future__ import annotations

from typing import Final

from attention_core import available_models
from attention_core.models import ModelInfo
from attention_core.settings import SettingsError, settings

HUB: Final = "hub"


def offered_models() -> list[ModelInfo]:
    """Return the offered models that need no hub. Raises SettingsError if the settings name an unknown model."""
    known, allowed = {info.name: info for info in available_models()}, settings().models
    if unknown := set(allowed) - set(known):
        raise SettingsError(f"REGARD_MODELS names {min(unknown)!r}. Known models: {', '.join(known)}.")
    return [info for name, info in known.items() if not allowed or name in allowed]


def opening_model(usual: str) -> str:
    """Return the name of a page's opening model: the usual one, or the first if the usual one is not offered."""
    names = [info.name for info in offered_models()]
    return usual if usual in names else names[0]


def offers_more() -> bool:
    """True if readers may choose a model from the hub or upload weights."""
    return settings().hub or settings().own_weights


def is_offered(name: str) -> bool:
    """True if the server offers this model. name: of a model that needs no hub, or HUB."""
    return offers_more() if name == HUB else name in {info.name for info in offered_models()}
