"""Which models this server offers: all, or those that its settings name (attention_core/settings.py)."""

from __future__ import annotations

from typing import Final

from attention_core import available_models
from attention_core.models import ModelInfo
from attention_core.settings import SettingsError, settings

HUB: Final = "hub"


def offered_models() -> list[ModelInfo]:
    """Those that need no hub. Raises SettingsError where the settings name one that there is not."""
    known, wanted = {info.name: info for info in available_models()}, settings().models
    if unknown := set(wanted) - set(known):
        raise SettingsError(f"REGARD_MODELS names {min(unknown)!r}, which is none of {', '.join(known)}.")
    return [info for name, info in known.items() if not wanted or name in wanted]


def opening_model(usual: str) -> str:
    """The name of the model that a page opens with: the usual one, or the first where that is not offered."""
    names = [info.name for info in offered_models()]
    return usual if usual in names else names[0]


def offers_more() -> bool:
    """Whether readers may choose a model of the hub's, or bring weights for one."""
    wanted = settings()
    return wanted.hub or wanted.own_weights


def is_offered(name: str) -> bool:
    """name: of a model that needs no hub, or HUB."""
    return offers_more() if name == HUB else name in {info.name for info in offered_models()}
