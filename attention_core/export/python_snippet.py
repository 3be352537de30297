"""A map as a short Python script that makes it anew."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Mapping

from attention_core.export.attention_map import MAP_FORMATS, PLAIN, AttentionMap
from attention_core.export.figure import FigureOptions
from attention_core.export.map_methods import MAP_METHODS
from attention_core.export.view_settings import DEFAULT_VIEW

_LOOK = ("opacity", "scale", "colour_map")
MIDDLE_SQUARE = (
    "side = min(image.size)",
    "left, top = (image.width - side) // 2, (image.height - side) // 2",
    "image = image.crop((left, top, left + side, top + side))",
)


def python_snippet(
    shown: AttentionMap,
    picture: str,
    across: int,
    options: Mapping[str, object] | None = None,
    out: str = "map.png",
    figure: FigureOptions = PLAIN,
    square: bool = False,
) -> str:
    """A script that loads picture and model, makes this map, and saves it; it needs attention_core alone.

    Every value in it is a literal: a name, whatever it holds, stays a name.

    Args:
        shown: the map; what it is about says model, layer, heads, query and settings, as `attention_map` and `layers_map`
            leave it there.
        picture: the name of the picture's file.
        across: patches along the longer side, as `VisionModel.record` took them.
        options: what `load_model` took besides the name, such as {"stride": 7} or {"checkpoint": "mine.safetensors"}.
        out: the name of the file to write; its ending is one of `MAP_FORMATS`.
        figure: how it is drawn.
        square: whether the map is of the middle square of the picture alone.

    Raises:
        ValueError: where the map does not say of which model and layer it is, on another ending, an option whose name is none,
            or a value that has no literal.
    """
    method = str(shown.about.get("method", ""))
    if missing := [name for name in ("model", "query", *([] if method else ["layer"])) if name not in shown.about]:
        raise ValueError(f"expected a map that says what it is about, received one without {', '.join(missing)}")
    kind = out.rpartition(".")[2].lower()
    if kind not in MAP_FORMATS:
        raise ValueError(f"out must end in one of .{', .'.join(MAP_FORMATS)}, received {out!r}")
    look = {name: getattr(shown, name) for name in _LOOK if getattr(shown, name) != getattr(DEFAULT_VIEW, name)}
    how = _changed(figure) if MAP_FORMATS[kind].drawn else {}
    making = _through_layers(shown, method) if method else _layer(shown)
    lines = [
        *_imports("layers_on_image" in making[0], bool(look), bool(method), bool(how)),
        f"image = load_image({literal(picture)})",
        *(MIDDLE_SQUARE if square else ()),
        f"model = load_model({', '.join([literal(shown.about['model']), *keywords(options or {})])})",
        f"record, grid = model.record(image, across={literal(across)}, keep_v=False)",
        *making,
    ]
    if look:
        lines.append(f"shown = replace(shown, {', '.join(keywords(look))})")
    drawn = f", FigureOptions({', '.join(keywords(how))})" if how else ""
    return "\n".join([*lines, f"shown.save({literal(out)}{drawn})", ""])


def _imports(on_image: bool, look: bool, through: bool, figure: bool) -> list[str]:
    first = ["from dataclasses import replace", ""] if look else []
    core = ["from attention_core import load_image, load_model"]
    core.append(f"from attention_core.export.attention_map import {'layers_map' if through else 'attention_map'}")
    core += ["from attention_core.export.figure import FigureOptions"] if figure else []
    core += ["from attention_core.tokens.layer_on_image import layers_on_image"] if on_image else []
    return [*first, *core, ""]


def _layer(shown: AttentionMap) -> list[str]:
    """A layer of a model that attends over all patches has a number; of others it has a path, and a grid of its own."""
    about = shown.about
    grid, prefix, layer = "grid", "model.prefix_tokens", f"record.layers[{literal(about['layer'])}]"
    if isinstance(about["layer"], str):
        on_image = "each for each in layers_on_image(model, record, grid)"
        layer = f"next({on_image} if each.layer.path == {literal(about['layer'])})"
        grid, prefix = "layer.grid", "model.prefix_tokens[: layer.prefix]"
    settings: dict[str, object] = {
        name: about[name] for name in ("heads", "combine", "direction", "temperature") if name in about
    }
    return [
        f"layer = {layer}",
        "shown = attention_map(",
        "    layer,",
        "    image,",
        f"    {grid},",
        f"    query={literal(_query(shown))},",
        f"    prefix_tokens={prefix},",
        f"    about={_about(about, ('query', *settings))},",
        *(f"    {setting}," for setting in keywords(settings)),
        ")",
    ]


def _through_layers(shown: AttentionMap, method: str) -> list[str]:
    query = _query(shown)
    token = f"len(model.prefix_tokens) + grid.index{literal(query)}" if isinstance(query, tuple) else literal(query)
    settings: dict[str, object] = {name: shown.about[name] for name in MAP_METHODS[method].settings if name in shown.about}
    return [
        f"token = {token}",
        f"weights = record.through_layers({', '.join([literal(method), 'token', *keywords(settings)])})[0]",
        "shown = layers_map(",
        "    weights,",
        "    image,",
        "    grid,",
        f"    query={literal(query)},",
        "    prefix_tokens=model.prefix_tokens,",
        f"    about={_about(shown.about, ('query', 'method'))},",
        f"    method={literal(method)},",
        ")",
    ]


def _about(about: Mapping[str, object], told: tuple[str, ...]) -> str:
    """What the map is about, but for what the call itself tells it."""
    return literal({name: value for name, value in about.items() if name not in told})


def _query(shown: AttentionMap) -> tuple[int, int] | int:
    """As `attention_map` takes it: a patch, or the number of a prefix token."""
    named = shown.about["query"]
    if shown.query is not None:
        return shown.query
    return shown.prefix_tokens.index(named) if isinstance(named, str) else int(str(named))


def _changed(figure: FigureOptions) -> dict[str, object]:
    return {name: value for name, value in vars(figure).items() if value != getattr(PLAIN, name)}


def keywords(values: Mapping[str, object]) -> list[str]:
    """Each as Python's keyword argument. Raises ValueError where a name is none, or a value has no literal."""
    if wrong := [name for name in values if not name.isidentifier() or keyword.iskeyword(name)]:
        raise ValueError(f"an option's name must be a name, received {wrong[0]!r}")
    return [f"{name}={literal(value)}" for name, value in values.items()]


def literal(value: object) -> str:
    """The value as Python reads it back. Raises ValueError where it does not."""
    text = repr(value)
    try:
        same = ast.literal_eval(text) == value
    except (ValueError, SyntaxError):
        same = False
    if not same:
        raise ValueError(f"expected a value that can be written in Python, such as a number or a text, received {text}")
    return text
