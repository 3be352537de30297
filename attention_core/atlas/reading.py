"""An atlas opened: DuckDB over its Parquet files, of which no question loads more than the columns that it needs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from attention_core.atlas.bootstrap import MOST_GROUPS, Groups
from attention_core.atlas.columns import MEASURES
from attention_core.atlas.labels import EVERY, Labels, Only, label_files, only_these
from attention_core.atlas.manifest import AtlasError, read_manifest
from attention_core.atlas.pictures import picture_of
from attention_core.atlas.querying import ask, connect
from attention_core.atlas.shard_columns import ShardColumns
from attention_core.measures import Measure

BINS: Final = 40
SHOWN: Final = 12
SHARES: Final = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
APART: Final = 1 << 62
"""Modulo which no two pictures' hashes fall together."""


@dataclass(frozen=True)
class Grid:
    """A measure of every head, each (L, H) with NaN where a layer has fewer heads: the mean over pictures, the ends of its 95 %
    interval (bootstrap.py), the standard deviation between pictures, and how many have it. pictures: how many there are.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    deviation: np.ndarray
    count: np.ndarray
    pictures: int


@dataclass(frozen=True)
class Spread:
    """A measure of one head over pictures. edges (B + 1) and counts (B) of a histogram with bins of one width; quantiles:
    values at SHARES. All NaN or empty where no picture has it.
    """

    edges: np.ndarray
    counts: np.ndarray
    quantiles: tuple[float, ...]
    mean: float
    deviation: float
    pictures: int


class Atlas:
    """A folder that `regard atlas` has written, or is writing: then of the shards that are there.

    Every question may be narrowed to pictures with a label (labels.py). Layers and heads are counted from 0. An atlas that was
    made before Regard had a measure lacks its column: the measure is in `unmeasured`, and asking for it raises AtlasError.

    Args:
        may_read: of the files beside the atlas (labels, pictures), links followed, which may be read.

    Raises:
        AtlasError: where the folder is no atlas, one of another version, or has no shard yet; in one sentence.
        ImportError: where DuckDB is not installed.
    """

    def __init__(self, folder: str | Path, may_read: Callable[[Path], bool] = lambda _: True) -> None:
        self.folder = Path(folder).resolve()
        self.manifest = read_manifest(folder)
        self._may_read = may_read
        self.shards = _shards(self.folder)
        if not self.shards:
            begun = "is still being written and" if not self.manifest.finished else "is empty: it"
            raise AtlasError(f"{folder} {begun} has no shard yet; open it again once there is one.")
        self.labels = tuple(Labels(file) for file in label_files(self.manifest, self.folder) if may_read(file))
        self._connection = connect([*self.shards, *(each.file for each in self.labels)])
        self.columns = ShardColumns(self._connection, self.folder, [str(shard) for shard in self.shards])

    @cached_property
    def identity(self) -> str:
        """A digest of where it lies, what its manifest says, and which shards are there."""
        return identity_of(self.folder)

    @property
    def shape(self) -> tuple[int, int]:
        """Layers, and heads of the layer that has most."""
        return len(self.manifest.heads), max(self.manifest.heads)

    @cached_property
    def pictures_there(self) -> int:
        """How many pictures are in the shards that are there."""
        rows = self._ask("SELECT count(*) AS n FROM read_parquet($shards)")["n"][0]
        return int(rows) // max(1, sum(self.manifest.heads))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Those that some picture has."""
        said = self._ask(
            "SELECT path_in_schema AS name, sum(num_values) - sum(coalesce(stats_null_count, 0)) AS there"
            " FROM parquet_metadata($shards) GROUP BY ALL"
        )
        there = {str(name) for name, count in zip(said["name"], said["there"], strict=True) if count > 0}
        return tuple(measure for measure in MEASURES if measure.name in there)

    @property
    def unmeasured(self) -> tuple[Measure, ...]:
        """Those that no shard has a column for."""
        return self.columns.unmeasured

    def count(self, only: Only = EVERY) -> int:
        """How many pictures that is."""
        if not only.values:
            return self.pictures_there
        where, values = only_these(only)
        first = "layer = 0 AND head = 0"
        query = f"SELECT count(DISTINCT picture) AS n FROM read_parquet($shards) WHERE {first} AND {where}"  # noqa: S608 (names are bound)
        return int(self._ask(query, only, **values)["n"][0])

    def groups(self, measure: str, only: Only = EVERY) -> Groups:
        """Sums over groups of pictures, (G, L, H) (bootstrap.py); a picture without the measure counts for nothing."""
        column, shards, (where, values) = measure, self.columns.shards_with(measure), only_these(only)
        layers, heads = self.shape
        apart = APART if self.count(only) <= MOST_GROUPS else MOST_GROUPS
        query = (
            f"SELECT hash(picture) % $apart::UBIGINT AS g, layer, head, sum({column}::DOUBLE) AS s,"  # noqa: S608 (checked against NAMES)
            f" sum({column}::DOUBLE * {column}) AS q, count(*) AS n FROM read_parquet($shards)"
            f" WHERE isfinite({column}) AND layer BETWEEN 0 AND $layers - 1 AND head BETWEEN 0 AND $heads - 1 AND {where}"
            " GROUP BY ALL"
        )
        found = self._ask(query, only, shards=shards, apart=apart, layers=layers, heads=heads, **values)
        return grouped(found, (layers, heads))

    def grid(self, measure: str, only: Only = EVERY) -> Grid:
        """The measure of every head."""
        groups = self.groups(measure, only)
        low, high = groups.interval()
        return Grid(groups.mean, low, high, groups.deviation, groups.count.astype(int), self.count(only))

    def varying(self, measure: str, only: Only = EVERY) -> list[tuple[int, int, float]]:
        """Layer, head and standard deviation between pictures, the heads that vary most first."""
        deviation = self.grid(measure, only).deviation
        there = [(int(layer), int(head)) for layer, head in np.argwhere(np.isfinite(deviation))]
        return sorted(((*place, float(deviation[place])) for place in there), key=lambda each: (-each[2], each[:2]))

    def spread(self, measure: str, layer: int, head: int, only: Only = EVERY) -> Spread:
        """The measure of one head over pictures."""
        column, of_head, values = self._of_head(measure, layer, head, only)
        query = (
            f"SELECT quantile_cont({column}::DOUBLE, {list(SHARES)}) AS quantiles, avg({column}::DOUBLE) AS mean,"  # noqa: S608
            f" stddev_samp({column}::DOUBLE) AS deviation, count(*) AS n FROM {of_head}"
        )
        found = self._ask(query, only, **values)
        pictures = int(found["n"][0])
        if not pictures:
            nothing = np.empty(0)
            return Spread(nothing, nothing.astype(int), (float("nan"),) * len(SHARES), float("nan"), float("nan"), 0)
        quantiles = tuple(map(float, found["quantiles"][0]))
        low, high = quantiles[0], quantiles[-1]
        width = (high - low) or 1.0
        binned = self._ask(
            f"SELECT least(floor(({column}::DOUBLE - $low) / $width * {BINS})::INT, {BINS - 1}) AS b, count(*) AS n"  # noqa: S608
            f" FROM {of_head} GROUP BY b",
            only,
            **values,
            low=low,
            width=width,
        )
        counts = np.zeros(BINS, dtype=int)
        counts[binned["b"].astype(int)] = binned["n"]
        edges = np.linspace(low, low + width, BINS + 1)
        return Spread(edges, counts, quantiles, float(found["mean"][0]), float(found["deviation"][0]), pictures)

    def pictures(
        self, measure: str, layer: int, head: int, most: bool = True, count: int = SHOWN, only: Only = EVERY
    ) -> list[tuple[str, float]]:
        """Names and values of the pictures that the head answers to most, or least; by name where these are alike."""
        column, of_head, values = self._of_head(measure, layer, head, only)
        order = "DESC" if most else "ASC"
        query = f"SELECT picture, {column} AS x FROM {of_head} ORDER BY {column} {order}, picture LIMIT $most"  # noqa: S608
        found = self._ask(query, only, **values, most=count)
        return [(str(name), float(value)) for name, value in zip(found["picture"], found["x"], strict=True)]

    def picture(self, name: str) -> Image.Image:
        """As `picture_of`; a file that may not be read is as one that is gone."""
        return picture_of(self.manifest, self.folder, name, self._may_read)

    def value(self, measure: str, layer: int, head: int, picture: str) -> float:
        """Of one picture; NaN where it has none."""
        column, of_head, values = self._of_head(measure, layer, head, EVERY)
        query = f"SELECT {column} AS x FROM {of_head} AND picture = $picture LIMIT 1"  # noqa: S608
        found = self._ask(query, **values, picture=picture)["x"]
        return float(found[0]) if len(found) else float("nan")

    def _of_head(self, measure: str, layer: int, head: int, only: Only) -> tuple[str, str, dict[str, Any]]:
        """The column, and its rows of one head as SQL has them, with what stands in that as $name."""
        column, shards, (where, values) = measure, self.columns.shards_with(measure), only_these(only)
        of_head = f"read_parquet($shards) WHERE layer = $layer AND head = $head AND isfinite({column}) AND {where}"
        return column, of_head, {"shards": shards, "layer": layer, "head": head, **values}

    def _ask(self, query: str, only: Only = EVERY, **values: Any) -> dict[str, np.ndarray]:
        given = {"shards": [str(shard) for shard in self.shards], **values}
        return ask(self._connection, query, {name: value for name, value in given.items() if f"${name}" in query})


def identity_of(folder: str | Path) -> str:
    """As `Atlas.identity`, without opening it. Raises AtlasError where it is no atlas."""
    digest = hashlib.sha256(f"{Path(folder).resolve()}\n{read_manifest(folder).model_dump_json()}".encode())
    for shard in _shards(Path(folder)):
        found = shard.stat()
        digest.update(f"\n{shard.name} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()[:32]


def grouped(found: dict[str, np.ndarray], shape: tuple[int, int]) -> Groups:
    """What a query says of groups (columns g, layer, head, s, q, n) as arrays (G, L, H)."""
    names, group = np.unique(found["g"], return_inverse=True)
    place = group, found["layer"].astype(int), found["head"].astype(int)
    arrays = {column: np.zeros((len(names), *shape)) for column in "sqn"}
    for column, array in arrays.items():
        array[place] = found[column]
    return Groups(arrays["s"], arrays["q"], arrays["n"])


def _shards(folder: Path) -> Sequence[Path]:
    """The finished ones, in order; a link to somewhere else is none."""
    return [path for path in sorted(folder.glob("shard-*.parquet")) if path.is_file() and not path.is_symlink()]
