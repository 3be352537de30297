"""The parts of a weight, linked to the explorer's picture. assets/why/ draws them."""

from __future__ import annotations

from typing import Final

from attention_core.export.bundler import text
from ui.components.component import component_in
from ui.recording import Recording

_EXPLICIT: Final = "This layer does not expose its queries and keys, so its weights cannot be taken apart."

_why = component_in("why", "regard_why", "figures/roles.css", "explorer/explorer.css")


def why_weight(shown: Recording, key: str) -> None:
    """Show the parts of the weight between the pinned token and the token at the pointer, in the explorer of that key."""
    cannot = {str(at): _EXPLICIT for at, each in enumerate(shown.layers) if each.layer.softmaxed is not None}
    _why(key=f"{key}-why", data={"key": key, "cannot": cannot, "rolledOut": text("texts/why_not_rollout.md")})
