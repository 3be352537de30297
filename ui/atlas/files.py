"""The numbers of all heads as tables to take along."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import streamlit as st

from attention_core.atlas.manifest import Manifest
from attention_core.measures import Measure
from ui.components.atlas import Column


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
            numbers = [float(values[place]) if _holds(values, place) else float("nan") for place in places]
            arrays[f"{column.name}{ending}"] = pa.array(numbers, pa.float64(), from_pandas=True)
            said = {"unit": column.unit, "about": column.title + {"": "", "_low": ", 2.5 %", "_high": ", 97.5 %"}[ending]}
            fields.append(pa.field(f"{column.name}{ending}", pa.float64(), metadata=said))
    arrays["pictures"] = pa.array([int(counts[layer][head]) for layer, head in places], pa.int64())
    fields.append(pa.field("pictures", pa.int64()))
    about = {"model": manifest.title, "measure": measure.title, "unit": measure.unit, "source": measure.source}
    return pa.table(arrays, schema=pa.schema(fields, metadata=about))


def offer_files(
    manifest: Manifest, title: str, measure: Measure, columns: Sequence[Column], counts: Sequence[Sequence[int]]
) -> None:
    """The table as CSV and as Parquet; the figure is saved where it stands."""
    table = table_of(manifest, measure, columns, counts)
    name = re.sub(r"[^\w]+", "-", f"{title}-{measure.name}".lower()).strip("-") or "atlas"
    st.download_button("Table (CSV)", lambda: csv_of(table), f"{name}.csv", "text/csv", on_click="ignore", width="stretch")
    st.download_button(
        "Table (Parquet)",
        lambda: parquet_of(table),
        f"{name}.parquet",
        "application/vnd.apache.parquet",
        on_click="ignore",
        width="stretch",
    )
    st.caption("Every head with mean, 95 % interval and variation. “SVG” at the grid saves the figure.")


def csv_of(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pyarrow.csv.write_csv(table, buffer)
    return buffer.getvalue()


def parquet_of(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer)
    return buffer.getvalue()


def _holds(values: object, place: tuple[int, int]) -> bool:
    layers, heads = getattr(values, "shape", (0, 0))
    return place[0] < layers and place[1] < heads
