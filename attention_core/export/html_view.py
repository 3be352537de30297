"""A recording as one HTML file that is explored as in the app: for notebooks, mails and lectures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PIL import Image

from attention_core.capture.layer_record import LayerRecord
from attention_core.export.attention_map import AttentionMap
from attention_core.export.live_page import HtmlView, layer_arrays, page, picture_data
from attention_core.export.view_settings import DEFAULT_VIEW, ViewSettings
from attention_core.images.patch_grid import PatchGrid

MAX_TOKENS: Final = 4500
"""A view carries q and k; with more tokens the file would be too large to open and to hover."""
EXACT_BYTES: Final = 12 * 2**20
"""Of the queries and keys in a file in 32 bits; more than that are in 16, where no weight shows it (`wire_layer`)."""
_STYLES: Final = ("figures/roles.css", "explorer/explorer.css", "maps/all_heads.css", "standalone/standalone.css")


def html_view(
    layers: Sequence[LayerRecord],
    picture: Image.Image,
    grid: PatchGrid,
    prefix_tokens: tuple[str, ...] = (),
    opened: int = -1,
    title: str = "Attention",
    opens_on: AttentionMap | None = None,
) -> HtmlView:
    """The first image's attention in these layers over `picture`; of several layers all that the app shows but a rollout.

    Args:
        layers: whose rows follow from q and k alone.
        picture: the image.
        grid, prefix_tokens: those of all layers.
        opened: which of the layers is shown first.
        title: of the page.
        opens_on: a map of it whose query is pinned at first, with its heads, direction, temperature and colours; without one
            the query is the patch in the middle, and all heads are combined.

    Raises:
        ValueError: without layers, where tokens and grid do not match, above MAX_TOKENS, for layers with a mask, causal ones
            and those of an explicit softmax, and where the map has a temperature of 0 or infinity.
    """
    if not layers:
        raise ValueError("expected at least one layer to show, received none")
    tokens = len(prefix_tokens) + grid.num_patches
    for layer in layers:
        require_hoverable(layer, tokens)
    view = replace(DEFAULT_VIEW, layer=opened % len(layers))
    if opens_on is not None:
        view = _as_on(opens_on, view, layers[view.layer].num_heads)
    about = {
        "alt": title,
        "name": f"{title}: point at a patch to see where it looks. Arrow keys move a pinned patch, Page Up and Page Down go "
        "through the layers, Escape releases the patch.",
        "model": title,
        "grid": {"rows": grid.rows, "cols": grid.cols},
        "layers": [_about(each, grid, prefix_tokens) for each in layers],
        "opening": [grid.rows // 2, grid.cols // 2],
        "settings": view.for_explorer(),
    }
    exact = sum(4 * (each.q[0].numel() + each.k[0].numel()) for each in layers) <= EXACT_BYTES
    data = {"page": {"picture": picture_data(picture, grid), "explorer": about}}
    arrays = {f"layer-{at}": layer_arrays(layer, exact) for at, layer in enumerate(layers)}
    return HtmlView(page(title, "explorer/explorer.html", _STYLES, "standalone/standalone.js", data | arrays))


def _as_on(drawn: AttentionMap, view: ViewSettings, num_heads: int) -> ViewSettings:
    """The settings that show this map."""
    about = drawn.about
    temperature = about.get("temperature", view.temperature)
    if not isinstance(temperature, int | float) or not 0 < temperature < math.inf:
        raise ValueError(f"a view that hovers needs a temperature above 0 and finite, received {temperature}")
    heads = about.get("heads")
    of_prefix = bool(drawn.prefix_tokens) and about.get("query") == drawn.prefix_tokens[0]
    return replace(
        view,
        heads=tuple(heads) if isinstance(heads, list) and len(heads) < num_heads else None,
        combine=str(about.get("combine", view.combine)),
        direction=str(about.get("direction", view.direction)),
        temperature=temperature,
        query="prefix" if of_prefix else "patch",
        pin=drawn.query,
        opacity=drawn.opacity,
        scale=drawn.scale,
        colour_map=drawn.colour_map,
    )


def require_hoverable(layer: LayerRecord, tokens: int) -> None:
    """Raises ValueError unless the browser can compute the rows of these tokens from the layer."""
    name = f"layer {layer.index} ({layer.path or 'no module'})"
    if not layer.follows_from_qk:
        raise ValueError(
            f"{name} has a mask, or weights and no q and k; take rows([...]) or attention_map, which have no such limit"
        )
    if (layer.num_queries, layer.num_keys) != (tokens, tokens):
        raise ValueError(f"{name}: expected {tokens} tokens, received {layer.num_queries} queries and {layer.num_keys} keys")
    if tokens > MAX_TOKENS:
        raise ValueError(
            f"{tokens} tokens are over the limit of {MAX_TOKENS} of a view; take attention_map, one query at a time"
        )


def _about(layer: LayerRecord, grid: PatchGrid, prefix_tokens: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": layer.path or f"call {layer.index}",
        "number": layer.index,
        "numHeads": layer.num_heads,
        "prefix": list(prefix_tokens),
        "rows": grid.rows,
        "cols": grid.cols,
    }
