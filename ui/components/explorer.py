"""The picture with the attention of the hovered patch over it, its layers and its heads; assets/explorer/ draws it."""

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
    """The explorer. It tells with what the page What if is to open as `st.session_state[key].leave`, and whether only the
    middle square of the picture is looked at as `.square`.

    reader: what the view opens with, and what the script sets in it (ui/explorer/view_state.py). linked: whether it stands in
    the page's link. stands_in: whether picture or model are not those that the link speaks of. compact: picture and layers
    alone. asked_grid: the grid that is asked for, where another is shown until it is there.
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
    """Return what the browser has to know of a recording, wherever it shows it; it asks for numbers under the lease."""
    return description(shown) | {"lease": token_for(shown)}
