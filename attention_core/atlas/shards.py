"""Shards on disk: Parquet files that are whole or not there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def shard_path(folder: Path, number: int) -> Path:
    """Where shard `number` lies."""
    return folder / f"shard-{number:06d}.parquet"


def write_table(path: Path, table: pa.Table) -> None:
    """The file appears once it is whole. Raises OSError where it cannot be written."""
    import pyarrow.parquet as pq

    unfinished = path.with_name(f".{path.name}.part")
    try:
        pq.write_table(table, unfinished, compression="zstd", use_dictionary=["picture", "layer", "head", "rows", "cols"])
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
