"""Atlases with known numbers, written by the schema without a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from attention_core.atlas.columns import NAMES, schema
from attention_core.atlas.manifest import MANIFEST, Manifest
from attention_core.atlas.places import Place
from attention_core.atlas.shards import shard_of

LAYERS, HEADS = 3, 2


def numbers(pictures: int, layers: int = LAYERS, heads: int = HEADS, seed: int = 0) -> np.ndarray:
    """Return numbers (P, L, H, measures) in float32, of heads with different means and spreads."""
    drawn = np.random.default_rng(seed).normal(size=(pictures, layers, heads, len(NAMES)))
    place = np.arange(layers * heads).reshape(layers, heads, 1)
    return (5 + place + (1 + 0.2 * place) * drawn).astype(np.float32)


def write_atlas(
    folder: Path,
    values: np.ndarray,
    names: Sequence[str] | None = None,
    *,
    source: str | Path = "pictures",
    shard_size: int = 16,
    finished: bool = True,
    model: str = "dinov2-small",
    title: str = "A model",
    shards: int | None = None,
) -> Path:
    """Write an atlas of these values (P, L, H, measures).

    NaN stands for a missing number. shards: how many to write, or all by default.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures, layers, heads, _ = values.shape
    names = names or [f"{at:04d}.jpg" for at in range(pictures)]
    manifest = Manifest(
        model=model,
        title=title,
        heads=[heads] * layers,
        layers=[f"blocks.{layer}.attn" for layer in range(layers)],
        patch_size=14,
        source=str(source),
        pictures=pictures,
        shard_size=shard_size,
        finished=finished,
    )
    for number in range(manifest.num_shards if shards is None else shards):
        part = slice(number * shard_size, (number + 1) * shard_size)
        shard_of(Place.of(folder), number).write_table(table_of(values[part], names[part]))
    (folder / MANIFEST).write_bytes(manifest.to_bytes())
    return folder


def table_of(values: np.ndarray, names: Sequence[str]) -> pa.Table:
    pictures, layers, heads, _ = values.shape
    count = pictures * layers * heads
    columns: dict[str, object] = {
        "picture": np.repeat(np.asarray(names, dtype=object), layers * heads),
        "layer": np.tile(np.repeat(np.arange(layers, dtype=np.int16), heads), pictures),
        "head": np.tile(np.arange(heads, dtype=np.int16), pictures * layers),
        "rows": np.full(count, 16, np.int16),
        "cols": np.full(count, 16, np.int16),
    }
    for at, name in enumerate(NAMES):
        column = values[..., at].reshape(-1)
        columns[name] = pa.array(column, mask=np.isnan(column))
    return pa.table(columns, schema=schema())


def drop_measure(folder: Path, name: str, shards: int | None = None) -> Path:
    """Take a measure's column out of the first shards, or out of all, as if an older Regard had written them."""
    for shard in sorted(folder.glob("shard-*.parquet"))[:shards]:
        pq.write_table(pq.read_table(shard).drop_columns([name]), shard)
    return folder
