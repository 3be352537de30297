"""The numbers of all heads of an atlas: as the browser gets them, and as tables to take along."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from attention_core.atlas.manifest import Manifest
from attention_core.measures import Measure
from ui.data.answers import number


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

    def for_browser(self, heads: Sequence[int]) -> dict[str, Any]:
        """Return its numbers by layer and head of the model. heads: of each layer."""
        values = {"values": self.values, "low": self.low, "high": self.high}
        about = {"name": self.name, "title": self.title, "unit": self.unit, "signed": self.signed}
        return about | {name: None if each is None else listed(each, heads) for name, each in values.items()}


def listed(values: np.ndarray, heads: Sequence[int]) -> list[list[float | None]]:
    """Return numbers by layer and head of the model; None where there is none, as for heads that an atlas beside it lacks."""
    return [
        [number(values[layer, head]) if _holds(values, (layer, head)) else None for head in range(count)]
        for layer, count in enumerate(heads)
    ]


def numbers(values: Sequence[float] | np.ndarray) -> list[float | None]:
    """Return numbers as JSON has them."""
    return [number(value) for value in values]


def table_of(manifest: Manifest, measure: Measure, columns: Sequence[Column], counts: Sequence[Sequence[int]]) -> pa.Table:
    """A row a head: its layer's path, each column with its interval's ends, and how many pictures; null where there is none."""
    places = [(layer, head) for layer, heads in enumerate(manifest.heads) for head in range(heads)]
    paths = [manifest.layers[layer] if layer < len(manifest.layers) else "" for layer, _ in places]
    arrays: dict[str, pa.Array] = {
        "layer": pa.array([layer for layer, _ in places], pa.int16()),
        "path": pa.array(paths, pa.string()),
        "head": pa.array([head for _, head in places], pa.int16()),
    }
    fields = [pa.field(name, array.type) for name, array in arrays.items()]
    for column in columns:
        for ending, values in (("", column.values), ("_low", column.low), ("_high", column.high)):
            if values is None:
                continue
            floats = [float(values[place]) if _holds(values, place) else float("nan") for place in places]
            arrays[f"{column.name}{ending}"] = pa.array(floats, pa.float64(), from_pandas=True)
            said = {"unit": column.unit, "about": column.title + {"": "", "_low": ", 2.5 %", "_high": ", 97.5 %"}[ending]}
            fields.append(pa.field(f"{column.name}{ending}", pa.float64(), metadata=said))
    arrays["pictures"] = pa.array([int(counts[layer][head]) for layer, head in places], pa.int64())
    fields.append(pa.field("pictures", pa.int64()))
    about = {"model": manifest.title, "measure": measure.title, "unit": measure.unit, "source": measure.source}
    return pa.table(arrays, schema=pa.schema(fields, metadata=about))


def file_name(title: str, measure: Measure, kind: str) -> str:
    """Return the name of a table's file. title: of the atlas. kind: one of FORMATS."""
    stem = re.sub(r"[^\w]+", "-", f"{title}-{measure.name}".lower()).strip("-") or "atlas"
    return f"{stem}.{kind}"


def csv_of(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pyarrow.csv.write_csv(table, buffer)
    return buffer.getvalue()


def parquet_of(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer)
    return buffer.getvalue()


def _holds(values: np.ndarray, place: tuple[int, int]) -> bool:
    layers, heads = values.shape
    return bool(place[0] < layers and place[1] < heads)


FORMATS: Final[dict[str, Callable[[pa.Table], bytes]]] = {"csv": csv_of, "parquet": parquet_of}
TYPES: Final = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
