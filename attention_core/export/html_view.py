"""A recording as one HTML file that hovers as the app does: for notebooks, mails and lectures."""

from __future__ import annotations

import base64
import html
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PIL import Image
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.export.attention_map import AttentionMap
from attention_core.export.bundler import bundle, text
from attention_core.export.view_settings import DEFAULT_VIEW
from attention_core.images.decoding import as_jpeg
from attention_core.images.patch_grid import PatchGrid

MAX_TOKENS: Final = 4500
"""A view carries q and k; with more tokens the file would be too large to open and to hover."""
PICTURE_SIDE: Final = 1024
FRAME_HEIGHT: Final = 900
_STYLES: Final = ("shared/roles.css", "standalone/standalone.css", "canvas/canvas.css")


@dataclass(frozen=True)
class HtmlView:
    """`page` is a whole HTML file. Jupyter shows it in a frame; `save` writes it."""

    page: str = field(repr=False)

    def save(self, path: str | Path) -> Path:
        """Write the file and return its path. Raises OSError as any writing does."""
        target = Path(path)
        target.write_text(self.page, encoding="utf-8")
        return target

    def _repr_html_(self) -> str:
        style = f"width:100%;max-width:46rem;height:{FRAME_HEIGHT}px;border:0"
        return f'<iframe title="Attention" style="{style}" srcdoc="{html.escape(self.page)}"></iframe>'


def html_view(
    layers: Sequence[LayerRecord],
    picture: Image.Image,
    grid: PatchGrid,
    prefix_tokens: tuple[str, ...] = (),
    opened: int = -1,
    title: str = "Attention",
    opens_on: AttentionMap | None = None,
) -> HtmlView:
    """The first image's attention in these layers over `picture`.

    Args:
        layers: whose rows follow from q and k alone.
        picture: the image.
        grid, prefix_tokens: those of all layers.
        opened: which of the layers is shown first.
        title: of the page.
        opens_on: a map of it whose query is pinned at first, with its heads, direction, temperature and colours; without one
            the query is the patch in the middle, and all heads are combined.

    Raises:
        ValueError: without layers, where these differ in their number of heads, where tokens and grid do not match, above
            MAX_TOKENS, for layers with a mask, causal ones and those of an explicit softmax, and where the map has a
            temperature of 0 or infinity.
    """
    if not layers:
        raise ValueError("expected at least one layer to show, received none")
    tokens = len(prefix_tokens) + grid.num_patches
    for layer in layers:
        _check(layer, tokens)
    heads = list(range(layers[0].num_heads))
    if any(layer.num_heads != len(heads) for layer in layers):
        raise ValueError(f"all layers of a view need as many heads, received {[layer.num_heads for layer in layers]}")
    words = {"alt": title, "name": f"{title}: point at a patch to see where it looks"}
    view = DEFAULT_VIEW.for_canvas() | {"heads": heads} | ({} if opens_on is None else _as_on(opens_on))
    page = {
        "picture": _picture(picture, grid),
        "layers": [_layer(each, view) for each in layers],
        "opened": opened % len(layers),
        "view": view | _tokens(grid, prefix_tokens) | words,
    }
    return HtmlView(_page(title, page))


def _tokens(grid: PatchGrid, prefix_tokens: tuple[str, ...]) -> dict[str, Any]:
    middle = [grid.rows // 2, grid.cols // 2]
    return {"grid": {"rows": grid.rows, "cols": grid.cols}, "prefix": list(prefix_tokens), "opening": middle}


def _as_on(drawn: AttentionMap) -> dict[str, Any]:
    """What the canvas must be told to show this map."""
    temperature = drawn.about.get("temperature", DEFAULT_VIEW.temperature)
    if not isinstance(temperature, int | float) or not 0 < temperature < math.inf:
        raise ValueError(f"a view that hovers needs a temperature above 0 and finite, received {temperature}")
    kept = {name: drawn.about[name] for name in ("heads", "direction", "temperature") if name in drawn.about}
    heads = drawn.about.get("heads")
    combine = "one" if isinstance(heads, list) and len(heads) == 1 else drawn.about.get("combine", DEFAULT_VIEW.combine)
    head = heads[0] if isinstance(heads, list) else 0
    of_prefix = bool(drawn.prefix_tokens) and drawn.about.get("query") == drawn.prefix_tokens[0]
    look = {"opacity": drawn.opacity, "scale": drawn.scale, "colourMap": drawn.colour_map}
    pin = None if drawn.query is None else list(drawn.query)
    return kept | look | {"combine": combine, "head": head, "pin": pin, "query": "prefix" if of_prefix else "patch"}


def _check(layer: LayerRecord, tokens: int) -> None:
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


def _layer(layer: LayerRecord, view: dict[str, Any]) -> dict[str, Any]:
    incoming = view["direction"] == "incoming"
    return {
        "name": layer.path or f"call {layer.index}",
        "q": _floats(layer.q[0]),
        "k": None if layer.k is layer.q else _floats(layer.k_of_heads[0]),
        "numHeads": layer.num_heads,
        "numTokens": layer.num_keys,
        "headDim": layer.q.shape[-1],
        "scale": layer.scale,
        "logSumExp": _floats(layer.logsumexp(view["temperature"])[0], "<f8") if incoming else None,
    }


def _floats(values: Tensor, kind: str = "<f4") -> str:
    """Little-endian float32 (<f4) or float64 (<f8) in base64."""
    return base64.b64encode(values.double().cpu().numpy().astype(kind).tobytes()).decode()


def _picture(picture: Image.Image, grid: PatchGrid) -> dict[str, str]:
    per_patch = max(1, PICTURE_SIDE // max(grid.rows, grid.cols))
    resized = picture.convert("RGB").resize((grid.cols * per_patch, grid.rows * per_patch), Image.Resampling.LANCZOS)
    return {"type": "image/jpeg", "bytes": base64.b64encode(as_jpeg(resized)).decode()}


def _page(title: str, page: dict[str, Any]) -> str:
    """No address in it but data; < is escaped, so that nothing in the data can end the script."""
    data = json.dumps(page).replace("<", "\\u003c")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{''.join(map(text, _STYLES))}</style>"
        f'<main><h1>{html.escape(title)}</h1><label class="layers">Layer <select></select></label>'
        f"{text('canvas/canvas.html')}</main>"
        f'<script type="application/json" id="page">{data}</script>'
        f'<script type="module">{bundle("standalone/standalone.js")}\n'
        'open(document.querySelector("main"), JSON.parse(document.getElementById("page").textContent));</script></html>\n'
    )
