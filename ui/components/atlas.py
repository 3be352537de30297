"""Every head over many pictures, and one head of them: assets/atlas/ and assets/atlas_head/ draw it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from attention_core.atlas.reading import Spread
from attention_core.export.bundler import bundle, text
from attention_core.measures import Measure
from ui.components.component import component
from ui.components.told import told

_grid = component(
    "regard_atlas",
    html=text("atlas/atlas.html"),
    css=text("atlas/atlas.css"),
    js=bundle("atlas/atlas.js"),
)
_head = component(
    "regard_atlas_head",
    html=text("atlas_head/atlas_head.html"),
    css=text("atlas_head/atlas_head.css"),
    js=bundle("atlas_head/atlas_head.js"),
)
Place = tuple[int, int]
VIEWS: Final = ("grid", "table")


@dataclass(frozen=True)
class Column:
    """A number of every head: (L, H), with the ends of its interval where it has one.

    signed: whether 0 is the middle of its colours.
    """

    name: str
    title: str
    unit: str
    values: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    signed: bool = False


@dataclass(frozen=True)
class Shown:
    """A picture that a head answers to much or little, its value, and its small JPEG, empty where it is gone."""

    name: str
    value: float
    thumbnail: bytes


def atlas_grid(
    key: str,
    title: str,
    heads: Sequence[int],
    columns: Sequence[Column],
    column: str,
    ranked: bool,
    chosen: Place,
    pictures: int,
    view: str,
    on_choose: Callable[[Place], None],
    on_view: Callable[[str], None],
) -> None:
    """Layers × heads by the column of that name, as a figure or as a table of all columns.

    heads: of each layer. ranked: whether cells stand by value instead of by layer. view: one of VIEWS. on_choose: told of the
    head that is clicked. on_view: told of the view that is chosen.
    """

    def tell() -> None:
        if (place := place_told(told(key, "head"), heads)) is not None:
            on_choose(place)

    def tell_view() -> None:
        if (chosen := told(key, "view")) in VIEWS:
            on_view(chosen)

    data = {
        "title": title,
        "heads": list(heads),
        "columns": [_column(each, heads) for each in columns],
        "column": column,
        "ranked": ranked,
        "chosen": list(chosen),
        "pictures": pictures,
        "view": view,
    }
    _grid(key=key, data=data, on_head_change=tell, on_view_change=tell_view)


def place_told(told: object, heads: Sequence[int]) -> Place | None:
    """A layer and a head that there are, or None."""
    if not isinstance(told, list | tuple) or len(told) != 2 or any(type(each) is not int for each in told):
        return None
    layer, head = told
    return (layer, head) if 0 <= layer < len(heads) and 0 <= head < heads[layer] else None


def atlas_head(
    key: str,
    place: Place,
    measure: Measure,
    spread: Spread,
    interval: tuple[float, float],
    most: Sequence[Shown],
    least: Sequence[Shown],
    other: Mapping[str, Any] | None,
    note: str,
    on_open: Callable[[str], None],
) -> None:
    """What one head does: its spread over pictures, and those that it answers to most and least.

    interval: of its mean, 95 %. other: title and mean of the atlas beside it. on_open: told of the picture that is clicked.
    """

    def tell() -> None:
        name = told(key, "open")
        if isinstance(name, str) and name in {each.name for each in (*most, *least)}:
            on_open(name)

    images = [each.thumbnail for each in (*most, *least)]
    data = {
        "said": {
            "place": list(place),
            "measure": {"title": measure.title, "unit": measure.unit_beside},
            "edges": [float(edge) for edge in spread.edges],
            "counts": [int(count) for count in spread.counts],
            "quantiles": _numbers(spread.quantiles),
            "mean": _number(spread.mean),
            "interval": _numbers(interval),
            "deviation": _number(spread.deviation),
            "pictures": spread.pictures,
            "most": [_picture(each) for each in most],
            "least": [_picture(each) for each in least],
            "other": None if other is None else dict(other),
            "note": note,
        },
        "images": np.frombuffer(b"".join(images) or b"\0", dtype=np.uint8),
    }
    _head(key=key, data=data, on_open_change=tell)


def _picture(shown: Shown) -> dict[str, Any]:
    return {"name": shown.name, "value": shown.value, "bytes": len(shown.thumbnail)}


def _column(column: Column, heads: Sequence[int]) -> dict[str, Any]:
    listed = {name: _listed(getattr(column, name), heads) for name in ("values", "low", "high")}
    return {"name": column.name, "title": column.title, "unit": column.unit, "signed": column.signed, **listed}


def _listed(values: np.ndarray | None, heads: Sequence[int]) -> list[list[float | None]] | None:
    """By layer and head of the model; None where there is no number, as of heads that an atlas beside it lacks."""
    if values is None:
        return None
    layers, most = values.shape
    return [
        [_number(values[layer, head]) if layer < layers and head < most else None for head in range(count)]
        for layer, count in enumerate(heads)
    ]


def _numbers(values: Any) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
