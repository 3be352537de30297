"""From a picture's file to a map's file: what the command `map` does, and those of maps through all layers."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch
from PIL import Image
from tqdm import tqdm

from attention_core.export.attention_map import MAP_FORMATS, AttentionMap, attention_map, layers_map
from attention_core.export.figure import FigureOptions
from attention_core.export.html_view import html_view
from attention_core.export.map_methods import MAP_METHODS
from attention_core.images.decoding import load_image
from attention_core.images.patch_grid import PatchGrid
from attention_core.models import VisionModel, load_model
from attention_core.models.cost import LARGE_PATCHES
from attention_core.recording.record import AttentionRecord
from attention_core.tokens.layer_on_image import layers_on_image

TOP: Final = 5
HTML: Final = "html"
STDIN: Final = "-"


def map_of(asked: Namespace) -> dict[str, Any]:
    """Run `map`: write the file that was asked for, and return what is in it. Raises ValueError, OSError or WeightsError."""
    check_out(asked.out, (*MAP_FORMATS, HTML))
    model, picture, record, grid = _recorded(asked)
    layers = layers_on_image(model, record, grid)
    layer = asked.layer + len(layers) if asked.layer < 0 else asked.layer
    if not 0 <= layer < len(layers):
        raise ValueError(f"layer must be 0–{len(layers) - 1} of {model.name}, received {asked.layer}")
    where = layers[layer]
    prefix_tokens = model.prefix_tokens[: where.prefix]
    query = query_of(asked.query, where.grid, prefix_tokens)
    about: dict[str, object] = {"model": model.name, "layer": layer if model.plain else where.layer.path}
    view = (asked.combine, prefix_tokens, about, asked.direction, asked.temperature)
    shown = attention_map(where, picture, where.grid, query, asked.head, *view)
    title = f"{model.title}, layer {about['layer']}"

    def page(drawn: AttentionMap) -> str:
        return html_view([where.layer], picture, where.grid, prefix_tokens, title=title, opens_on=drawn).page

    return _written(asked, shown, page)


def through_layers_of(asked: Namespace) -> dict[str, Any]:
    """Run the command of a method of `MAP_METHODS`, likewise."""
    method = MAP_METHODS[asked.command]
    check_out(asked.out, tuple(MAP_FORMATS))
    model, picture, record, grid = _recorded(asked)
    query = query_of(asked.query, grid, model.prefix_tokens)
    options = {name: getattr(asked, name) for name in method.settings}
    about: dict[str, object] = {"model": model.name, **options}
    token = query if isinstance(query, int) else len(model.prefix_tokens) + grid.index(*query)
    with tqdm(desc=f"{method.title}: layers", total=len(record.layers), unit="", disable=None, leave=False) as bar:
        weights = record.through_layers(asked.command, token, lambda _: bar.update(), **options)[0]
    return _written(asked, layers_map(weights, picture, grid, query, model.prefix_tokens, about, asked.command), None)


def model_of(asked: Namespace) -> VisionModel:
    """The model that was asked for. Raises ValueError or WeightsError as `load_model` does."""
    options = {name: getattr(asked, name) for name in ("device", "dtype", "patch_size", "stride", "checkpoint")}
    return load_model(asked.model, **{name: value for name, value in options.items() if value is not None})


def check_out(out: Path | None, formats: tuple[str, ...], word: str = "--out") -> None:
    """Before anything is computed. Raises ValueError where the file could not be written afterwards."""
    if out is None:
        return
    kind = out.suffix[1:].lower()
    if kind == HTML and HTML not in formats:
        raise ValueError(f"a map through all layers has no .{HTML} view; take .{', .'.join(formats)}")
    if kind not in formats:
        raise ValueError(f"{word} must end in one of .{', .'.join(formats)}, received {out.name}")
    if not out.parent.is_dir():
        raise ValueError(f"{word}: there is no folder {out.parent}; make it first, or name another")


def _recorded(asked: Namespace) -> tuple[VisionModel, Image.Image, AttentionRecord, PatchGrid]:
    picture = load_image(sys.stdin.buffer if asked.image == STDIN else asked.image)
    model = model_of(asked)
    grid = model.grid_for(picture, asked.across)
    if grid.num_patches > LARGE_PATCHES:
        sys.stderr.write(f"{grid.rows} × {grid.cols} patches: {model.estimate(grid)}\n")
    with tqdm(desc=f"{model.title}: layers", total=model.num_layers, unit="", disable=None, leave=False) as bar:
        record, grid = model.record(picture, asked.across, keep_v=False, on_layer=lambda _: bar.update())
    return model, picture, record, grid


def query_of(text: str, grid: PatchGrid, prefix_tokens: tuple[str, ...]) -> tuple[int, int] | int:
    """A patch as (row, col), or the number of a prefix token; the middle of the picture where nothing is asked."""
    if not text:
        return grid.rows // 2, grid.cols // 2
    if text in prefix_tokens:
        return prefix_tokens.index(text)
    try:
        row, col = (int(part) for part in text.split(","))
    except ValueError:
        names = f" or one of {', '.join(prefix_tokens)}" if prefix_tokens else ""
        raise ValueError(f"--query must be ROW,COL such as 5,7{names}, received {text!r}") from None
    grid.index(row, col)
    return row, col


def _written(asked: Namespace, shown: AttentionMap, page: Callable[[AttentionMap], str] | None) -> dict[str, Any]:
    shown = replace(shown, opacity=asked.opacity, scale=asked.scale, colour_map=asked.colour_map)
    if asked.out is not None:
        _write(asked, shown, page)
    weights = shown.patches.flatten()
    top = weights.topk(min(TOP, len(weights)))
    places = [(*shown.grid.position(int(patch)), float(weight)) for weight, patch in zip(*top, strict=True)]
    return {
        "title": shown.title,
        **shown.about,
        "grid": [shown.grid.rows, shown.grid.cols],
        "top": places,
        "prefix": dict(zip(shown.prefix_tokens, shown.shown.tolist(), strict=False)),
        "entropy_bits": float(torch.special.entr(shown.shown).sum() / torch.log(torch.tensor(2.0))),
        "out": None if asked.out is None else str(asked.out),
    }


def _write(asked: Namespace, shown: AttentionMap, page: Callable[[AttentionMap], str] | None) -> None:
    if page is not None and asked.out.suffix[1:].lower() == HTML:
        asked.out.write_text(page(shown), encoding="utf-8")
    else:
        shown.save(asked.out, FigureOptions(asked.size, asked.colour_bar, asked.caption, asked.box))
