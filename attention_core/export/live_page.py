"""What pages of their own are made of: one HTML file without a server, with pictures, arrays and the scripts that show them."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.export.bundler import bundle, text
from attention_core.export.wire import OnWire, wire_layer, with_centred_keys
from attention_core.images.decoding import as_jpeg
from attention_core.images.patch_grid import PatchGrid

PICTURE_SIDE: Final = 1024
FRAME_HEIGHT: Final = 900


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


def layer_arrays(layer: LayerRecord, exact: bool) -> dict[str, Any]:
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
        "logSumExp": encoded(sent.logsumexp, "<f4"),
        "numHeads": layer.num_heads,
        "numTokens": layer.num_keys,
        "headDim": layer.q.shape[-1],
        "scale": layer.scale,
    }


def _packed(sent: OnWire) -> dict[str, str]:
    if sent.step is None:
        return {"floats": encoded(sent.numbers, "<f4")}
    return {"multiples": encoded(sent.numbers, "<i2"), "steps": encoded(sent.step, "<f4")}


def encoded(values: Tensor, kind: str) -> str:
    """The numbers in base64 as little-endian float16 (<f2), float32 (<f4), int16 (<i2), int32 (<i4) or uint8 (|u1)."""
    numbers = values.detach().cpu()
    whole = numbers.float() if numbers.is_floating_point() else numbers
    return base64.b64encode(whole.numpy().astype(np.dtype(kind)).tobytes()).decode()


def picture_data(picture: Image.Image, grid: PatchGrid) -> dict[str, str]:
    """The picture as JPEG in base64, a whole number of pixels a patch."""
    per_patch = max(1, PICTURE_SIDE // max(grid.rows, grid.cols))
    resized = picture.convert("RGB").resize((grid.cols * per_patch, grid.rows * per_patch), Image.Resampling.LANCZOS)
    return {"type": "image/jpeg", "bytes": base64.b64encode(as_jpeg(resized)).decode()}


def page(title: str, body: str, styles: Sequence[str], script: str, data: Mapping[str, Any]) -> str:
    """A whole HTML file with no address in it but data. Each value of `data` has a script of its own, read when it is needed.

    body, styles, script: names in assets/; the script exports `open(document)`.
    """
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{''.join(map(text, styles))}</style>"
        f"<main><h1>{html.escape(title)}</h1>{text(body)}</main>"
        f"{''.join(_data(name, value) for name, value in data.items())}"
        f'<script type="module">{bundle(script)}\nopen(document);</script></html>\n'
    )


def _data(name: str, value: Any) -> str:
    """< is escaped, so that nothing in the data can end the script."""
    data = json.dumps(value).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{data}</script>'
