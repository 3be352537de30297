"""Kinds of data about an atlas: the grid of a measure, with the comparison with the atlas beside, one head, and tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, cast

import numpy as np

from attention_core.atlas.columns import MEASURES
from attention_core.atlas.comparing import Comparison, compare
from attention_core.atlas.labels import EVERY, Only
from attention_core.atlas.reading import Atlas, Grid, Spread
from attention_core.measures import Measure
from ui import atlases, jobs, keeping
from ui.data import atlas_tables
from ui.data.answers import Answer, Kind, Task, download, number
from ui.data.asked import whole, word
from ui.data.atlas_tables import Column, listed, numbers
from ui.shared.work import Work

SHOWN: Final = 8
"""Pictures that a head answers to most, and to least."""
THUMBNAIL: Final = 240
"""Pixels on its longer side."""


@dataclass(frozen=True)
class AtlasShown:
    """An atlas as a page shows it. beside: the atlas that it is compared with. only: which pictures count."""

    atlas: Atlas
    title: str
    beside: Atlas | None = None
    only: Only = field(default=EVERY)

    @cached_property
    def key(self) -> str:
        """A digest of all that an answer depends on."""
        beside = "" if self.beside is None else self.beside.identity
        return hashlib.sha256("\n".join([self.atlas.identity, beside, self.only.name]).encode()).hexdigest()[:32]

    def compares(self, measure: Measure) -> bool:
        """Whether there is an atlas beside, and it has the measure."""
        return self.beside is not None and measure not in self.beside.unmeasured


@dataclass(frozen=True)
class Found:
    """A measure of every head. compared: with the atlas beside, if that has the measure."""

    grid: Grid
    compared: Comparison | None

    def columns(self, measure: Measure) -> list[Column]:
        """Return the numbers of every head."""
        unit, grid, compared = measure.unit_beside, self.grid, self.compared
        varies = f"{measure.title}, variation between pictures"
        columns = [
            Column("mean", measure.title, unit, grid.mean, grid.low, grid.high),
            Column("deviation", varies, f"{unit}, SD".removeprefix(", "), grid.deviation),
        ]
        if compared is not None:
            by = f"{measure.title}, difference"
            columns += [
                Column("difference", by, unit, compared.difference, compared.low, compared.high, signed=True),
                Column("effect", f"{measure.title}, effect size", compared.effect_name, compared.effect, signed=True),
            ]
        return columns


@dataclass(frozen=True)
class HeadAsked:
    """A head, and what is asked of it."""

    measure: Measure
    layer: int
    head: int


@dataclass(frozen=True)
class Picture:
    """A picture that a head answers to, its value, and its small JPEG, which is empty if the picture is gone."""

    name: str
    value: float
    thumbnail: bytes


@dataclass(frozen=True)
class OfHead:
    """The spread of one head over pictures, and those that it answers to most and least."""

    spread: Spread
    most: tuple[Picture, ...]
    least: tuple[Picture, ...]


def _measure(shown: AtlasShown, asked: Mapping[str, Any]) -> Measure:
    names = tuple(measure.name for measure in shown.atlas.measures)
    name = word(asked, "measure", names)
    return next(measure for measure in MEASURES if measure.name == name)


def _finding(shown: AtlasShown, measure: Measure) -> Task:
    def find(work: Work) -> Found:
        name = f"atlas:means:{shown.atlas.identity}/{measure.name}/{shown.only.name}"
        grid = _kept(name, lambda: shown.atlas.grid(measure.name, shown.only))
        if shown.beside is None or not shown.compares(measure):
            return Found(grid, None)
        return Found(grid, compare(shown.atlas, shown.beside, measure.name, shown.only, work.report))

    return _task(f"atlas:grid:{shown.key}/{measure.name}", "The grid", find, "Compared: layer")


def _grid(shown: AtlasShown, measure: Measure, found: Found) -> Answer:
    heads, compared = shown.atlas.manifest.heads, found.compared
    entry: dict[str, Any] = {
        "columns": [column.for_browser(heads) for column in found.columns(measure)],
        "pictures": found.grid.pictures,
    }
    if compared is not None:
        entry |= {"says": compared.says, "other": listed(compared.other, heads)}
    return Answer(entry)


def _read_head(shown: AtlasShown, asked: Mapping[str, Any]) -> HeadAsked:
    heads = shown.atlas.manifest.heads
    layer = whole(asked, "layer", len(heads))
    return HeadAsked(_measure(shown, asked), layer, whole(asked, "head", heads[layer]))


def _looking(shown: AtlasShown, asked: HeadAsked) -> Task:
    atlas, only, place = shown.atlas, shown.only, (asked.measure.name, asked.layer, asked.head)

    def look(work: Work) -> OfHead:
        spread = atlas.spread(*place, only)
        answers = [atlas.pictures(*place, most, SHOWN, only) for most in (True, False)]
        values = dict(answer for each in answers for answer in each)
        found: dict[str, Picture] = {}
        for name, value in values.items():
            found[name] = Picture(name, value, atlases.thumbnail(atlas, name, THUMBNAIL))
            work.report(len(found), len(values))
        most, least = (tuple(found[name] for name, _ in answer) for answer in answers)
        return OfHead(spread, most, least)

    name = f"atlas:head:{atlas.identity}/{'/'.join(map(str, place))}/{only.name}"
    return _task(name, "What this head does", look, "Picture")


def _head(_shown: AtlasShown, _asked: HeadAsked, found: OfHead) -> Answer:
    spread, images = found.spread, [each.thumbnail for each in (*found.most, *found.least)]
    entry = {
        "edges": numbers(spread.edges),
        "counts": spread.counts.tolist(),
        "quantiles": numbers(spread.quantiles),
        "mean": number(spread.mean),
        "deviation": number(spread.deviation),
        "pictures": spread.pictures,
        "most": [_picture(each) for each in found.most],
        "least": [_picture(each) for each in found.least],
    }
    return Answer(entry, {"images": np.frombuffer(b"".join(images), dtype=np.uint8)})


def _picture(shown: Picture) -> dict[str, Any]:
    return {"name": shown.name, "value": shown.value, "bytes": len(shown.thumbnail)}


def _read_table(shown: AtlasShown, asked: Mapping[str, Any]) -> tuple[Measure, str]:
    return _measure(shown, asked), word(asked, "format", tuple(atlas_tables.FORMATS))


def _table(shown: AtlasShown, asked: tuple[Measure, str], found: Found) -> Answer:
    measure, kind = asked
    table = atlas_tables.table_of(shown.atlas.manifest, measure, found.columns(measure), found.grid.count.tolist())
    name = atlas_tables.file_name(shown.title, measure, kind)
    return download(atlas_tables.FORMATS[kind](table), name, atlas_tables.TYPES[kind])


def _task(name: str, what: str, do: Callable[[Work], Any], says: str) -> Task:
    make = lambda work: keeping.keep_findings(name, do(work))  # noqa: E731
    return Task(name, what, make, jobs.steps(says), lambda: keeping.kept_findings(name))


def _kept(name: str, do: Callable[[], Grid]) -> Grid:
    found = keeping.kept_findings(name)
    return cast(Grid, keeping.keep_findings(name, do()) if found is None else found)


KINDS: Final = {
    "atlas": Kind(_grid, _measure, _finding, of=AtlasShown, newest_only=True),
    "atlas-cell": Kind(_head, _read_head, _looking, of=AtlasShown, newest_only=True),
    "atlas-table": Kind(_table, _read_table, lambda shown, asked: _finding(shown, asked[0]), of=AtlasShown),
}
