"""One shard of an atlas: measured batch by batch, each kept as it is done, and joined once all are there."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from pydantic import Field, TypeAdapter

from attention_core.atlas.columns import ABOUT, schema
from attention_core.atlas.filling import Batch, Failure, batches
from attention_core.atlas.manifest import AtlasError, Manifest
from attention_core.atlas.measuring import Measurer
from attention_core.atlas.places import Place
from attention_core.atlas.plan import read_names, read_patterns
from attention_core.atlas.sources import Source
from attention_core.atlas.tables import features_of, rows_of
from attention_core.models import VisionModel

if TYPE_CHECKING:
    import pyarrow as pa

FAILURES: Final = b"regard.failures"
"""Under this name a shard's metadata lists, as JSON, its pictures that could not be read: [picture, reason]."""
NUMBERS: Final = b"regard.numbers"
"""Likewise, in a part, which pictures of the shard it has done."""
PARTS: Final = "_parts"
FEATURES: Final = "_features"
_FAILURES: Final = TypeAdapter(list[tuple[str, str]])
_NUMBERS: Final = TypeAdapter(list[Annotated[int, Field(ge=0)]])
AT_MOST_FAILURES: Final = 256
"""Kept with the next batch; without one, in a part of their own."""


class Counts(NamedTuple):
    """Of pictures: how many were done since the last such word, how many of them failed, how many an earlier run had done."""

    done: int = 0
    failed: int = 0
    before: int = 0

    def plus(self, more: Counts) -> Counts:
        """Each added to its own."""
        return Counts(*map(sum, zip(self, more, strict=True)))


def shard_of(out: Place, number: int) -> Place:
    """Where shard `number` lies."""
    return out / f"shard-{number:06d}.parquet"


class ShardWorker:
    """Makes shards of one atlas that was begun; any number of them, in any order, on any machine.

    Shards are the same whoever makes them, and one that is there is not made again. Several may make one at once: their
    parts are the same too, and whoever joins them does so only where all are there.
    """

    def __init__(self, out: Place, manifest: Manifest, source: Source, model: VisionModel, batch_size: int) -> None:
        self._out, self._manifest, self._source, self._batch_size = out, manifest, source, batch_size
        self._measurer = Measurer(model, read_patterns(out), manifest.cls_map, manifest.features)
        self._about = {"model": manifest.model, "title": manifest.title, "source": manifest.source}

    def run(self, number: int) -> Iterator[Counts]:
        """Make a shard; yields counts of its pictures, of those done before first."""
        if (whole := shard_of(self._out, number)).kind:
            yield counts_of(whole, self._manifest, number)
            self._forget_parts(number)
            return
        done, failed = self._done(number)
        yield Counts(len(done), failed, len(done))
        yield from self._measure(number, done)
        while not self._join(number):
            for _ in self._measure(number, self._done(number)[0]):
                pass
        self._forget_parts(number)

    def _measure(self, number: int, done: set[int]) -> Iterator[Counts]:
        names = read_names(self._out, number)
        first = number * self._manifest.shard_size
        pictures = zip(names, self._source.read(names, first), strict=True)
        failures: list[tuple[int, Failure]] = []
        places = {name: at for at, name in enumerate(names)}
        for found in batches(pictures, self._measurer.model, self._manifest.across, self._batch_size, done):
            if isinstance(found, Failure):
                failures.append((places[found.picture], found))
                if len(failures) == AT_MOST_FAILURES:
                    yield self._keep(number, None, failures)
                    failures = []
                continue
            yield self._keep(number, found, failures)
            failures = []
        if failures:
            yield self._keep(number, None, failures)

    def _keep(self, number: int, batch: Batch | None, failures: list[tuple[int, Failure]]) -> Counts:
        """Measure a batch and write its part; its features first, for the part says that it is done."""
        numbers = [at for at, _ in failures] + ([] if batch is None else batch.numbers)
        name = f"{number:06d}-{self._batch_size}-{min(numbers):06d}.parquet"
        said = {NUMBERS: json.dumps(numbers), FAILURES: json.dumps([[each.picture, each.reason] for _, each in failures])}
        (self._out / PARTS).make_folder()
        if batch is None:
            rows = self._no_rows()
        else:
            measured = self._measurer(batch.pictures, batch.grid)
            rows = rows_of(batch.names, measured, self._about, self._manifest.cls_map)
            if measured.features is not None:
                (self._out / PARTS / f"features-{name}").write_table(features_of(batch.names, measured.features))
        (self._out / PARTS / name).write_table(rows.replace_schema_metadata(rows.schema.metadata | said))
        return Counts(len(numbers), len(failures))

    def _no_rows(self) -> pa.Table:
        return schema(self._about, self._manifest.cls_map).empty_table()

    def _parts(self, number: int) -> list[Place]:
        """Those of this shard and this size of batches: others would not fit in with them."""
        begin = f"{number:06d}-{self._batch_size}-"
        return [place for place in (self._out / PARTS).files_in() if place.name.startswith(begin)]

    def _done(self, number: int) -> tuple[set[int], int]:
        """Pictures of the shard that lie in parts, and how many of them failed."""
        done, failed = set[int](), 0
        for place in self._parts(number):
            with contextlib.suppress(FileNotFoundError):  # removed by whoever made the shard meanwhile
                said = metadata_of(place)
                done.update(numbers_in(said, place))
                failed += len(failures_in(said, place))
        return done, failed

    def _join(self, number: int) -> bool:
        """All parts as one shard, in the order of the pictures; whether it is there.

        Parts are missing where another worker has made the shard meanwhile and removed them.
        """
        parts = [part for part in map(self._read, self._parts(number)) if part is not None]
        names = read_names(self._out, number)
        said = [(part[0].schema.metadata or {}, self._out / PARTS) for part in parts]
        if len({at for one in said for at in numbers_in(*one)}) < len(names):
            return bool(shard_of(self._out, number).kind)
        features = [part[1] for part in parts if part[1] is not None]
        if features:
            (self._out / FEATURES).make_folder()
            (self._out / FEATURES / shard_of(self._out, number).name).write_table(_joined(features, names, 1))
        failures = sorted({(each.picture, each.reason) for one in said for each in failures_in(*one)})
        rows = _joined([part[0] for part in parts], names, sum(self._manifest.heads))
        about = {ABOUT: rows.schema.metadata[ABOUT], FAILURES: json.dumps(failures)}
        shard_of(self._out, number).write_table(rows.replace_schema_metadata(about))
        return True

    def _read(self, part: Place) -> tuple[pa.Table, pa.Table | None] | None:
        """Its rows and features; None where it is there no longer."""
        try:
            rows = part.read_table()
            with_features = self._manifest.features and rows.num_rows > 0
            return rows, (self._out / PARTS / f"features-{part.name}").read_table() if with_features else None
        except FileNotFoundError:
            return None

    def _forget_parts(self, number: int) -> None:
        for place in (self._out / PARTS).files_in():
            if place.name.removeprefix("features-").startswith(f"{number:06d}-"):
                place.remove()


def failures_of(shard: Place) -> list[Failure]:
    """The pictures of a shard that could not be read. Raises AtlasError where it is none."""
    return failures_in(metadata_of(shard), shard)


def failures_in(said: dict[bytes, bytes], place: Place) -> list[Failure]:
    """What a schema says of them. Raises AtlasError where it says nothing that is written here."""
    try:
        return [Failure(*each) for each in _FAILURES.validate_json(said[FAILURES])]
    except (KeyError, ValueError) as error:
        raise _foreign(place) from error


def numbers_in(said: dict[bytes, bytes], place: Place) -> list[int]:
    """As `failures_in`, of the pictures that are done."""
    try:
        return _NUMBERS.validate_json(said[NUMBERS])
    except (KeyError, ValueError) as error:
        raise _foreign(place) from error


def metadata_of(place: Place) -> dict[bytes, bytes]:
    """What a Parquet file's schema says, without reading its rows. Raises AtlasError where it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with place.files.open_input_file(place.path) as file:
            said: dict[bytes, bytes] = pq.read_schema(file).metadata or {}
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _foreign(place) from error
    return said


def _foreign(place: Place) -> AtlasError:
    return AtlasError(f"{place.path} is damaged or not what `regard atlas` writes; remove it, and start the job again.")


def counts_of(shard: Place, manifest: Manifest, number: int) -> Counts:
    """Of a shard that is there."""
    size = min(manifest.shard_size, manifest.pictures - number * manifest.shard_size)
    return Counts(size, len(failures_of(shard)), size)


def _joined(tables: list[pa.Table], names: list[str], a_picture: int) -> pa.Table:
    """Tables of whole pictures as one, in the order of `names`, each picture once, with so many rows.

    A part that an older Regard wrote may lack a measure, which is then null for its pictures.
    """
    import numpy as np
    import pyarrow as pa

    alike = [table.replace_schema_metadata(tables[0].schema.metadata) for table in tables]
    names_of_columns = max((table.column_names for table in tables), key=len)
    whole = pa.concat_tables(alike, promote_options="default").select(names_of_columns)
    places = {name: at for at, name in enumerate(names)}
    at = np.array([places[name] for name in whole.column("picture").to_pylist()], np.int64)
    order = np.argsort(at, kind="stable")
    of_picture = np.arange(len(at)) - np.searchsorted(at[order], at[order])  # which row of its picture each is
    return whole.take(pa.array(order[of_picture < a_picture]))
