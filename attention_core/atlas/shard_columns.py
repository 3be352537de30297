"""Which columns the shards of an atlas have: one that was begun by an older Regard lacks the measures that came later."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from attention_core.atlas.columns import MEASURES, NAMES
from attention_core.atlas.manifest import AtlasError
from attention_core.atlas.querying import ask
from attention_core.measures import Measure

if TYPE_CHECKING:
    import duckdb

KEYS: Final = ("picture", "layer", "head")
"""Columns that say which head of which picture a row is of."""


class ShardColumns:
    """The measures of these shards.

    Raises:
        AtlasError: if a shard lacks one of KEYS, or if no shard has a measure.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, shards: list[str]) -> None:
        self._folder = folder
        said = ask(connection, "SELECT file_name, name FROM parquet_schema($shards)", {"shards": shards})
        pairs = dict.fromkeys(zip(map(str, said["file_name"]), map(str, said["name"]), strict=True))
        self._with: dict[str, list[str]] = {}
        for shard, name in pairs:
            self._with.setdefault(name, []).append(shard)
        missing = [name for name in KEYS if len(self._with.get(name, ())) < len(shards)]
        if not missing and self._with.keys().isdisjoint(NAMES):
            missing = [NAMES[0]]
        if missing:
            raise AtlasError(f"{folder} is no atlas of this version: it lacks the column {missing[0]}; make it again.")

    @property
    def unmeasured(self) -> tuple[Measure, ...]:
        """The measures that no shard has."""
        return tuple(measure for measure in MEASURES if measure.name not in self._with)

    def shards_with(self, measure: str) -> list[str]:
        """Return the shards that have a measure.

        Raises:
            AtlasError: if no shard has it.
            ValueError: for a name that is no measure of an atlas.
        """
        if measure not in NAMES:
            raise ValueError(f"an atlas has the measures {', '.join(NAMES)}, received {measure!r}")
        if measure not in self._with:
            raise AtlasError(f"{measure} is not measured in {self._folder}: make the atlas again to have it.")
        return self._with[measure]
