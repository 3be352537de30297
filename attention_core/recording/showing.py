"""A recording as a live page: its layers, and their tokens on the image."""

from __future__ import annotations

from collections.abc import Sequence

from attention_core.capture.layer_record import LayerRecord
from attention_core.export.html_view import html_view
from attention_core.export.live_page import HtmlView
from attention_core.images.decoding import ImageSource, load_image
from attention_core.images.patch_grid import PatchGrid


def show_layers(
    layers: Sequence[LayerRecord],
    image: ImageSource,
    grid: PatchGrid | None,
    prefix_tokens: tuple[str, ...],
    chosen: Sequence[int] | None,
    title: str,
) -> HtmlView:
    """Return the chosen layers over the image, with the arguments and exceptions of `AttentionRecord.show`."""
    if grid is None:
        raise ValueError(
            "how the tokens lie on the image is not known here; say it: show(image, grid=PatchGrid(rows, cols, 16))"
        )
    extra = layers[0].num_keys - grid.num_patches
    if extra < 0:
        raise ValueError(f"{grid.rows} × {grid.cols} patches are more than the {layers[0].num_keys} tokens recorded")
    names = prefix_tokens if len(prefix_tokens) == extra else tuple(f"token {at}" for at in range(extra))
    whole = [at for at, layer in enumerate(layers) if layer.num_queries == layer.num_keys]
    numbers = (whole or [len(layers) - 1])[-1:] if chosen is None else list(chosen)
    if wrong := [number for number in numbers if not 0 <= number < len(layers)]:
        raise ValueError(f"layer must be 0–{len(layers) - 1}, received {wrong[0]}")
    return html_view([layers[number] for number in numbers], load_image(image), grid, names, title=title)
