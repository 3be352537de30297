"""A recording as one HTML file that is explored as in the app: for notebooks, mails and lectures."""

from __future__ import annotations

import base64
import html
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import torch
from PIL import Image
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.export.attention_map import AttentionMap
from attention_core.export.bundler import bundle, text
from attention_core.export.view_settings import DEFAULT_VIEW, ViewSettings
from attention_core.export.wire import OnWire, wire_layer, with_centred_keys
from attention_core.images.decoding import as_jpeg
from attention_core.images.patch_grid import PatchGrid

MAX_TOKENS: Final = 4500
"""A view carries q and k; with more tokens the file would be too large to open and to hover."""
EXACT_BYTES: Final = 12 * 2**20
"""Of the queries and keys in a file in 32 bits; more than that are in 16, where no weight shows it (`wire_layer`)."""
PICTURE_SIDE: Final = 1024
FRAME_HEIGHT: Final = 900
_STYLES: Final = ("shared/roles.css", "explorer/explorer.css", "explorer/all_heads.css", "standalone/standalone.css")


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
        style = f"width:100%;height:{FRAME_HEIGHT}px;border:0"
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
        _check(layer, tokens)
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
    page = {"picture": _picture(picture, grid), "explorer": about}
    return HtmlView(_page(title, page, [_arrays(each, exact) for each in layers]))


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


def _about(layer: LayerRecord, grid: PatchGrid, prefix_tokens: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": layer.path or f"call {layer.index}",
        "number": layer.index,
        "numHeads": layer.num_heads,
        "prefix": list(prefix_tokens),
        "rows": grid.rows,
        "cols": grid.cols,
    }


def _arrays(layer: LayerRecord, exact: bool) -> dict[str, Any]:
    """What rows and columns of the first image are computed from; in 32 bits where they must be exact."""
    one = layer.mapped(lambda tensor: tensor[:1])
    sent = wire_layer(one)
    q, k = sent.q, sent.k
    if exact:
        centred = with_centred_keys(one)
        q, k = OnWire(centred.q[0]), None if k is None else OnWire(centred.k_of_heads[0])
    return {
        "q": _packed(q),
        "k": None if k is None else _packed(k),
        "logSumExp": _encoded(sent.logsumexp, "<f4"),
        "numHeads": layer.num_heads,
        "numTokens": layer.num_keys,
        "headDim": layer.q.shape[-1],
        "scale": layer.scale,
    }


def _packed(sent: OnWire) -> dict[str, str]:
    if sent.step is None:
        return {"floats": _encoded(sent.numbers, "<f4")}
    return {"multiples": _encoded(sent.numbers, "<i2"), "steps": _encoded(sent.step, "<f4")}


def _encoded(values: Tensor, kind: str) -> str:
    """The numbers as little-endian float32 (<f4) or int16 (<i2), in base64."""
    return base64.b64encode(
        values.cpu().to(torch.float32 if kind == "<f4" else torch.int16).numpy().astype(kind).tobytes()
    ).decode()


def _picture(picture: Image.Image, grid: PatchGrid) -> dict[str, str]:
    per_patch = max(1, PICTURE_SIDE // max(grid.rows, grid.cols))
    resized = picture.convert("RGB").resize((grid.cols * per_patch, grid.rows * per_patch), Image.Resampling.LANCZOS)
    return {"type": "image/jpeg", "bytes": base64.b64encode(as_jpeg(resized)).decode()}


def _page(title: str, page: dict[str, Any], layers: list[dict[str, Any]]) -> str:
    """No address in it but data. A layer has a script of its own, which is not read before it is needed."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{''.join(map(text, _STYLES))}</style>"
        f"<main><h1>{html.escape(title)}</h1>{text('explorer/explorer.html')}</main>"
        f"{_data('page', page)}{''.join(_data(f'layer-{at}', layer) for at, layer in enumerate(layers))}"
        f'<script type="module">{bundle("standalone/standalone.js")}\nopen(document);</script></html>\n'
    )


def _data(name: str, value: dict[str, Any]) -> str:
    """< is escaped, so that nothing in the data can end the script."""
    data = json.dumps(value).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{data}</script>'
