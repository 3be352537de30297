"""A recording as the browser is told of it, without its numbers."""

from __future__ import annotations

from typing import Any, Final

from attention_core.tokens.layer_on_image import LayerOnImage
from ui.data.heads import why_none
from ui.data.view import opening_patch
from ui.recording import Recording

MOST_BYTES: Final = 80 * 2**20
"""The largest size of the queries and keys of all layers in 16 bits. Beyond it, a layer comes when it is looked at."""


def description(shown: Recording) -> dict[str, Any]:
    """Return what the browser has to know of a recording, wherever it shows it, without a lease."""
    return {
        "recording": shown.key,
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


def layer_name(shown: Recording, layer: int) -> str:
    """Return the name of a drawn layer: its number, or its path in a model of several kinds of layers."""
    return f"Layer {layer}" if shown.model.plain else shown.layers[layer].layer.path or f"call {layer}"


def _layer(shown: Recording, layer: int) -> dict[str, Any]:
    grid, kept, name = shown.grid_at(layer), shown.layers[layer].layer, layer_name(shown, layer)
    prefix = list(shown.prefix_at(layer))
    says = "" if shown.model.plain else f"{name}: {grid.rows} × {grid.cols} patches{_parts(shown.layers[layer])}."
    found = {"name": name, "says": says, "numHeads": kept.num_heads, "prefix": prefix, "rows": grid.rows, "cols": grid.cols}
    return found if (key := shown.layer_key(layer)) == shown.key else found | {"recording": key}


def _parts(where: LayerOnImage) -> str:
    """Return the limits of a patch's view, as part of a sentence."""
    if where.windows is not None:
        return f", each of which sees {where.windows.index.shape[1]} of them"
    asking = f", which ask {where.queries.rows} × {where.queries.cols} at a time" if where.queries else ""
    return asking + (f", which see {where.keys.rows} × {where.keys.cols} summaries" if where.keys else "")
