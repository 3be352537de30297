"""Files of what is on the map, and the Python that makes it again: the same bytes that the command `regard` writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from attention_core.export.attention_map import MAP_FORMATS, AttentionMap, attention_map, layers_map
from attention_core.export.figure import SIZES, FigureOptions
from attention_core.export.html_view import html_view
from attention_core.export.python_snippet import python_snippet
from attention_core.export.view_settings import ViewSettings
from ui.data.answers import Answer, Kind, Task, download
from ui.data.depth import Rolled, going_through
from ui.data.settings_asked import view_of
from ui.data.view import asking_token, file_stem, fitted, shown_heads, through_of
from ui.jobs import steps
from ui.recording import Recording
from ui.shared.work import Work

LIVE: Final = {"html": "Live page (HTML)", "all-layers.html": "Live page, all layers"}
"""Pages that hover without a server: the ending of the file's name, and the title."""
LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class FileAsked:
    """A file of a view. picture: the name of the picture's file, for the Python that repeats the view."""

    view: ViewSettings
    figure: FigureOptions
    format: str = "png"
    picture: str = ""

    @property
    def live_layers(self) -> bool:
        return self.format == "all-layers.html"


def _read(shown: Recording, asked: Mapping[str, Any]) -> FileAsked:
    view, kind = fitted(view_of(asked.get("view")), shown), asked.get("format", "png")
    if not isinstance(kind, str) or kind not in (*MAP_FORMATS, *LIVE):
        raise ValueError(f"expected a format of {', '.join((*MAP_FORMATS, *LIVE))}")
    if kind in LIVE and (view.depth != "layer" or not shown.in_browser):
        raise ValueError("this view cannot become a live page, as the browser cannot compute it")
    return FileAsked(view, _figure_of(asked.get("figure")), kind, str(asked.get("picture", ""))[:LONGEST_NAME])


def _figure_of(asked: object) -> FigureOptions:
    said = asked if isinstance(asked, Mapping) else {}
    size = said.get("size", 1)
    if type(size) is not int or size not in SIZES:
        raise ValueError(f"expected a size of {', '.join(map(str, SIZES))}")
    return FigureOptions(size, said.get("bar") is True, said.get("caption") is True, said.get("box") is not False)


def _needed(shown: Recording, asked: FileAsked) -> Task | None:
    """Return the work for a map through all layers, and for a live page of all layers, which takes seconds."""
    if (through := through_of(asked.view)) is not None:
        return going_through(shown, asking_token(shown, asked.view), through)
    if not asked.live_layers:
        return None

    def make(work: Work) -> str:
        work.report(0, 1)
        return _live_page(shown.whole, asked.view, list(range(len(shown.layers))))

    return Task(f"live page {shown.key}/{asked.view}", "The page", make, steps("The page: part"))


def _file(shown: Recording, asked: FileAsked, result: Any) -> Answer:
    kind, view = asked.format, asked.view
    if asked.live_layers:
        return download(result, f"{shown.model.name}-all-layers.html", "text/html")
    if kind in LIVE:
        return download(_live_page(shown, view, [view.layer]), f"{file_stem(shown, view)}.{kind}", "text/html")
    made = MAP_FORMATS[kind].make(drawn_map(shown, view, result), asked.figure)
    return download(made, f"{file_stem(shown, view)}.{kind}", MAP_FORMATS[kind].type)


def _snippet(shown: Recording, asked: FileAsked, result: Any) -> Answer:
    options = {} if shown.recipe is None else dict(shown.recipe.options)
    across = max(shown.grid.rows, shown.grid.cols)
    out = f"{file_stem(shown, asked.view)}.png"
    drawn = drawn_map(shown, asked.view, result)
    code = python_snippet(drawn, asked.picture, across, options, out, asked.figure, square=asked.view.square)
    return Answer({"code": code})


def _live_page(shown: Recording, view: ViewSettings, layers: list[int]) -> str:
    """A page that hovers without a server."""
    records = [shown.layers[layer].layer for layer in layers]
    which = f", layer {layers[0]}" if len(layers) == 1 else ""
    title, opened = f"{shown.model.title}{which}", layers.index(view.layer)
    tokens = (shown.grid, shown.model.prefix_tokens)
    opens_on = drawn_map(shown, view, None)
    return html_view(records, shown.picture.image, *tokens, opened=opened, title=title, opens_on=opens_on).page


def drawn_map(shown: Recording, view: ViewSettings, rolled: Rolled | None) -> AttentionMap:
    """Return what is on the map. rolled: the row, if the map is one through all layers."""
    where, prefix_tokens, picture = shown.layers[view.layer], shown.prefix_at(view.layer), shown.picture.image
    token, grid = asking_token(shown, view), where.grid if view.depth == "layer" else shown.grid
    query: tuple[int, int] | int = token if token < where.prefix else grid.position(token - where.prefix)
    look: dict[str, Any] = {"opacity": view.opacity, "scale": view.scale, "colour_map": view.colour_map}
    about: dict[str, object] = {"model": shown.model.name}
    if (through := through_of(view)) is not None and rolled is not None:
        about |= dict(through.settings)
        drawn = layers_map(rolled.rows, picture, grid, query, prefix_tokens, about, through.method)
        return replace(drawn, **look)
    about["layer"] = view.layer if shown.model.plain else where.layer.path
    options = (query, shown_heads(shown, view), view.combine, prefix_tokens, about, view.direction, view.temperature)
    return replace(attention_map(where, picture, where.grid, *options), **look)


KINDS: Final = {"file": Kind(_file, _read, _needed), "snippet": Kind(_snippet, _read, _needed)}
