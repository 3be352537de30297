"""The picture with the attention of the hovered patch over it, its layers and its heads; assets/explorer/ draws it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from attention_core import PatchGrid
from attention_core.export.bundler import bundle, text
from attention_core.tokens.layer_on_image import LayerOnImage
from ui.components.component import component
from ui.data.heads import why_none
from ui.data.leases import token_for
from ui.data.view import can_roll_out, opening_patch
from ui.recording import Recording

MOST_BYTES: Final = 80 * 2**20
"""Of the queries and keys of all layers in 16 bits. Of more than that the browser gets a layer when it is looked at."""

_explorer = component(
    "regard_explorer",
    html=text("explorer/explorer.html"),
    css=text("shared/roles.css") + text("explorer/explorer.css") + text("explorer/all_heads.css"),
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
    return {
        "recording": shown.key,
        "lease": token_for(shown),
        "sameAs": None if shown.same_as is None else {"recording": shown.same_as.key, "layers": shown.same_as.layers},
        "picture": picture_id(shown.picture.digest),
        "alt": shown.picture.alt,
        "name": f"Attention of {shown.model.title} over the picture, {shown.grid.rows} rows by {shown.grid.cols} columns of "
        "patches. Arrow keys move a pinned patch, Page Up and Page Down go through the layers, Escape releases the patch.",
        "model": shown.model.title,
        "grid": {"rows": shown.grid.rows, "cols": shown.grid.cols},
        "layers": [_layer(shown, layer) for layer in range(len(shown.layers))],
        "opening": opening_patch(shown),
        "inBrowser": shown.in_browser,
        "measured": not why_none(shown),
        "contributes": "stream" if shown.contributes_to_stream else "norm" if shown.contributes else "",
    }


def picture_id(digest: str) -> str:
    """Return the name of a picture in the browser's store."""
    return f"picture:{digest}"


def sends_all_layers(*shown: Recording) -> bool:
    """Whether the queries and keys of all layers of all these go to the browser."""
    size = sum(2 * each.layer.q.numel() + 2 * each.layer.k.numel() for recording in shown for each in recording.layers)
    return all(each.in_browser for each in shown) and size <= MOST_BYTES


def _layer(shown: Recording, layer: int) -> dict[str, Any]:
    grid, kept = shown.grid_at(layer), shown.layers[layer].layer
    name = f"Layer {layer}" if shown.model.plain else kept.path or f"call {layer}"
    prefix = list(shown.prefix_at(layer))
    says = "" if shown.model.plain else f"{name}: {grid.rows} × {grid.cols} patches{_parts(shown.layers[layer])}."
    return {"name": name, "says": says, "numHeads": kept.num_heads, "prefix": prefix, "rows": grid.rows, "cols": grid.cols}


def _parts(where: LayerOnImage) -> str:
    """What stands between a patch and all others."""
    if where.windows is not None:
        return f", each of which sees {where.windows.index.shape[1]} of them"
    asking = f", which ask {where.queries.rows} × {where.queries.cols} at a time" if where.queries else ""
    return asking + (f", which see {where.keys.rows} × {where.keys.cols} summaries" if where.keys else "")
