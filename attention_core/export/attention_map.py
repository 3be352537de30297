"""One query's weights over a picture, as files: PNG, SVG, PDF, NPZ, CSV. The command line and the app write the same bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.export import figure_png, figure_svg
from attention_core.export.captions import caption
from attention_core.export.csv_table import csv_table
from attention_core.export.figure import Drawing, FigureOptions
from attention_core.export.view_settings import COMBINE, DEFAULT_VIEW, DIRECTIONS
from attention_core.images.patch_grid import PatchGrid
from attention_core.maths.attention import require_temperature
from attention_core.tokens.layer_on_image import LayerOnImage

PLAIN: Final = FigureOptions()


@dataclass(frozen=True)
class AttentionMap:
    """What one query token attends to, or with direction "incoming" what attends to it.

    picture: RGB. weights (H, prefix + patches): of each head, over all tokens. shown (prefix + patches): what is drawn, the
    heads combined. about: what it is, for titles and files, such as {"model": "dinov2-small", "layer": 10, "query": [8, 15]}.
    """

    picture: Image.Image
    grid: PatchGrid
    weights: Tensor
    shown: Tensor
    prefix_tokens: tuple[str, ...] = ()
    about: dict[str, object] = field(default_factory=dict)
    opacity: float = DEFAULT_VIEW.opacity
    scale: str = DEFAULT_VIEW.scale
    colour_map: str = DEFAULT_VIEW.colour_map

    @property
    def patches(self) -> Tensor:
        """What is drawn, (rows, cols)."""
        return self.shown[len(self.prefix_tokens) :].view(self.grid.rows, self.grid.cols)

    @property
    def query(self) -> tuple[int, int] | None:
        """The (row, col) of the query patch; None where the query is a prefix token."""
        query = self.about.get("query")
        return (int(query[0]), int(query[1])) if isinstance(query, list | tuple) else None

    @property
    def drawing(self) -> Drawing:
        """What is on a figure of it."""
        look = (self.opacity, self.scale, self.colour_map)
        return Drawing(self.picture, self.grid, self.patches, self.query, *look, tuple(caption(self.about, self.grid)))

    def png(self, options: FigureOptions = PLAIN) -> bytes:
        """The picture with the map over it and the query patch outlined; `options` say how large, and what else is on it."""
        return figure_png.png(self.drawing, options)

    def pdf(self, options: FigureOptions = PLAIN) -> bytes:
        """The same as a page of pixels, text included; size 2 or 4 is for print."""
        return figure_png.pdf(self.drawing, options, self.title)

    def svg(self, options: FigureOptions = PLAIN) -> str:
        """The same with text as text, and each patch's place and weight as its title. The picture lies in the file."""
        return figure_svg.svg(self.drawing, options, self.title, self.about)

    def npz(self) -> bytes:
        """Arrays for NumPy: weights (H, rows, cols), shown (rows, cols), prefix (H, their number), prefix_tokens, about (JSON).

        about: as the map's own, with the grid and the patch size in pixels.
        """
        about = {**self.about, "grid": [self.grid.rows, self.grid.cols], "patch_size": self.grid.patch_size}
        count = len(self.prefix_tokens)
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            weights=self.weights[:, count:].reshape(-1, self.grid.rows, self.grid.cols).numpy(),
            shown=self.patches.numpy(),
            prefix=self.weights[:, :count].numpy(),
            prefix_tokens=np.array(self.prefix_tokens, dtype=np.str_),
            about=np.array(json.dumps(about)),
        )
        return buffer.getvalue()

    def csv(self) -> str:
        """A line a token: its name or number, its place, and its weight in each head and combined as drawn."""
        heads = self.about.get("heads")
        named = [f"weight_head_{head}" for head in heads] if isinstance(heads, list) else []
        columns = dict(zip(named, self.weights.tolist(), strict=False))
        columns[f"weight_{self.about.get('combine') or self.about.get('method') or 'shown'}"] = self.shown.tolist()
        rows = ([*self._place(token), *weights] for token, weights in enumerate(zip(*columns.values(), strict=True)))
        return csv_table(["token", "patch_row", "patch_column", *columns], rows)

    def save(self, path: str | Path, options: FigureOptions = PLAIN) -> Path:
        """Write the file in the format of its name's ending, one of MAP_FORMATS, and return its path.

        Raises ValueError for another ending, and OSError if the file cannot be written.
        """
        target = Path(path)
        kind = target.suffix[1:].lower()
        if kind not in MAP_FORMATS:
            raise ValueError(f"the file's name must end in one of .{', .'.join(MAP_FORMATS)}, received {target.name}")
        made = MAP_FORMATS[kind].make(self, options)
        target.write_bytes(made.encode() if isinstance(made, str) else made)
        return target

    def _place(self, token: int) -> tuple[object, object, object]:
        """The token's name or number, and its row and column if it is a patch."""
        patch = token - len(self.prefix_tokens)
        return (self.prefix_tokens[token], "", "") if patch < 0 else (token, *self.grid.position(patch))

    @property
    def title(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.about.items())


@dataclass(frozen=True)
class MapFormat:
    """A format of files.

    title: on its button. type: its media type. make: returns the file. drawn: whether the file is a drawing, which
    `FigureOptions` change.
    """

    title: str
    type: str
    make: Callable[[AttentionMap, FigureOptions], bytes | str]
    drawn: bool = False


MAP_FORMATS: Final[dict[str, MapFormat]] = {
    "png": MapFormat("PNG", "image/png", lambda shown, options: shown.png(options), drawn=True),
    "svg": MapFormat("SVG", "image/svg+xml", lambda shown, options: shown.svg(options), drawn=True),
    "pdf": MapFormat("PDF", "application/pdf", lambda shown, options: shown.pdf(options), drawn=True),
    "csv": MapFormat("Weights (CSV)", "text/csv", lambda shown, _: shown.csv()),
    "npz": MapFormat("Arrays (NPZ)", "application/octet-stream", lambda shown, _: shown.npz()),
}
"""By the ending of the file's name."""


def attention_map(
    layer: LayerRecord | LayerOnImage,
    picture: Image.Image,
    grid: PatchGrid,
    query: tuple[int, int] | int,
    heads: Sequence[int] | None = None,
    combine: str = DEFAULT_VIEW.combine,
    prefix_tokens: tuple[str, ...] = (),
    about: dict[str, object] | None = None,
    direction: str = DEFAULT_VIEW.direction,
    temperature: float = DEFAULT_VIEW.temperature,
) -> AttentionMap:
    """What a query token attends to in one layer, or what it is attended to by, with these heads combined.

    Args:
        layer: of one image.
        picture: the image.
        grid, prefix_tokens: those of the layer.
        query: a patch (row, col), or the number of a prefix token.
        heads: one that is named twice counts once; None takes all.
        combine: "mean" or "max" over the heads.
        about: what is known of the layer, for titles and files.
        direction: "outgoing", what the query attends to, or "incoming", what attends to it.
        temperature: what the scores are divided by before the softmax.

    Raises:
        ValueError: where the query or a head does not exist, the layer's tokens are not those of the grid, or another setting
            is none that there is.
    """
    where = layer if isinstance(layer, LayerOnImage) else LayerOnImage(layer, grid, len(prefix_tokens))
    where.require_tokens(grid, len(prefix_tokens))
    if combine not in COMBINE:
        raise ValueError(f"combine must be one of {', '.join(COMBINE)}, received {combine!r}")
    if direction not in DIRECTIONS:
        raise ValueError(f"direction must be one of {', '.join(DIRECTIONS)}, received {direction!r}")
    require_temperature(temperature)
    chosen = list(range(where.layer.num_heads)) if heads is None else list(dict.fromkeys(heads))
    if not chosen or (wrong := [head for head in chosen if not 0 <= head < where.layer.num_heads]):
        raise ValueError(f"heads must be 0–{where.layer.num_heads - 1}, received {wrong[0] if chosen else 'none'}")
    token = query if isinstance(query, int) else len(prefix_tokens) + grid.index(*query)
    weights = (where.column if direction == "incoming" else where.row)(token, temperature)[chosen].float().cpu()
    facts = {**(about or {}), "heads": chosen, "combine": combine, "query": _named(query, prefix_tokens)}
    facts |= {"direction": direction} if direction != DEFAULT_VIEW.direction else {}
    facts |= {"temperature": temperature} if temperature != DEFAULT_VIEW.temperature else {}
    return AttentionMap(picture, grid, weights, weights.amax(0) if combine == "max" else weights.mean(0), prefix_tokens, facts)


def layers_map(
    weights: Tensor,
    picture: Image.Image,
    grid: PatchGrid,
    query: tuple[int, int] | int,
    prefix_tokens: tuple[str, ...] = (),
    about: dict[str, object] | None = None,
    method: str = "rollout",
) -> AttentionMap:
    """Return the map of one image through all layers: weights (prefix + patches), as from `AttentionRecord.through_layers`."""
    facts = {**(about or {}), "method": method, "query": _named(query, prefix_tokens)}
    weights = weights.float().cpu()
    return AttentionMap(picture, grid, weights[None], weights, prefix_tokens, facts)


def _named(query: tuple[int, int] | int, prefix_tokens: tuple[str, ...]) -> object:
    """For titles and files: a prefix token by its name, a patch as [row, col]."""
    if isinstance(query, tuple):
        return list(query)
    return prefix_tokens[query] if query < len(prefix_tokens) else query
