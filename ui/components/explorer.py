"""The picture with the attention of the hovered patch, its layers and its heads. assets/explorer/ draws it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attention_core import PatchGrid
from attention_core.export.bundler import bundle, text
from ui.components.component import component
from ui.data.description import description, sends_all_layers
from ui.data.leases import token_for
from ui.data.view import can_roll_out
from ui.recording import Recording

_explorer = component(
    "regard_explorer",
    html=text("explorer/explorer.html"),
    css=text("figures/roles.css") + text("explorer/explorer.css") + text("maps/all_heads.css"),
    js=bundle("explorer/explorer.js"),
)


def explorer(
    shown: Recording,
    key: str,
    *,
    reader: dict[str, Any],
    linked: bool = False,
    stands_in: bool = False,
    compact: bool = False,
    asked_grid: PatchGrid | None = None,
    on_square: Callable[[], None] = lambda: None,
) -> None:
    """Show the explorer.

    `st.session_state[key].leave` has settings for the page "What if" after a click that leads there. `.square` is True if the
    reader has chosen the middle square of the picture.

    reader: the view's opening settings and orders (ui/explorer/view_state.py). linked: True if the view stands in the page's
    link. stands_in: True if picture or model replaces a missing one of the link. compact: True to show only picture and layers.
    asked_grid: the requested grid, if an earlier recording is on the screen until the new one is ready.
    """
    asked = asked_grid or shown.grid
    data = explorer_data(shown) | {
        "key": key,
        "linked": linked,
        "allLayers": sends_all_layers(shown),
        "rollout": can_roll_out(shown) and not compact,
        "compact": compact,
        "standsIn": stands_in,
        "askedGrid": {"rows": asked.rows, "cols": asked.cols},
        **reader,
    }
    nothing: Callable[[], None] = lambda: None  # noqa: E731
    _explorer(key=key, data=data, on_square_change=on_square, on_leave_change=nothing, on_renew_change=nothing)


def explorer_data(shown: Recording) -> dict[str, Any]:
    """Return the recording's description and its lease. The browser requests the numbers under the lease."""
    return description(shown) | {"lease": token_for(shown)}
