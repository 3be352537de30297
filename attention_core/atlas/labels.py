"""A CSV beside the pictures, of which a column says what they show: pictures are chosen by it, joined by name in DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from attention_core.atlas.manifest import AtlasError, Manifest
from attention_core.atlas.pictures import source_of
from attention_core.atlas.querying import ask, connect, quoted

NAMES_OF_PICTURES: Final = ("picture", "file", "filename", "file_name", "image", "path", "name")
"""Of the column that says which picture a line is of, in this order; the first column where there is none of these."""
MOST_BYTES: Final = 256 << 20
MOST_COLUMNS: Final = 200
MOST_VALUES: Final = 200
MOST_FILES: Final = 20
_READ: Final = (
    "read_csv($csv, header = true, all_varchar = true, auto_detect = true, delim = $delim, quote = '\"', escape = '\"',"
    " null_padding = true, max_line_size = 1048576)"
)


@dataclass(frozen=True)
class Labels:
    """A CSV with names of pictures. Everything in it is text; commas, semicolons or tabs part it, whichever its first line has
    most of.

    Raises:
        AtlasError: where it cannot be read as that, in one sentence.
    """

    file: Path

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """What may be chosen by: every column but that of the names, the first MOST_COLUMNS of them."""
        return tuple(name for name in self._all if name != self.of_pictures)[:MOST_COLUMNS]

    @cached_property
    def of_pictures(self) -> str:
        """The column with the names of pictures."""
        lower = {name.strip().lower(): name for name in reversed(self._all)}
        return next((lower[name] for name in NAMES_OF_PICTURES if name in lower), self._all[0])

    @cached_property
    def delimiter(self) -> str:
        try:
            if self.file.stat().st_size > MOST_BYTES:
                raise AtlasError(f"{self.file.name} has more than {MOST_BYTES >> 20} MB; labels are read from smaller files.")
            with self.file.open(encoding="utf-8-sig", errors="replace") as lines:
                first = lines.readline(1 << 16)
        except OSError as error:
            raise AtlasError(f"{self.file.name} cannot be read.") from error
        return max(",;\t", key=first.count)

    def values(self, column: str) -> list[tuple[str, int]]:
        """What stands in it and in how many lines, the most frequent first and at most MOST_VALUES."""
        name = quoted(self._known(column))
        query = f"SELECT {name} AS v, count(*) AS n FROM {_READ} WHERE {name} <> '' GROUP BY v ORDER BY n DESC, v LIMIT $most"  # noqa: S608
        found = self._ask(query, most=MOST_VALUES)
        return [(str(value), int(count)) for value, count in zip(found["v"], found["n"], strict=True)]

    def chosen(self, column: str, values: tuple[str, ...]) -> Only:
        """Pictures with one of these values."""
        return Only(self, self._known(column), values)

    @cached_property
    def _all(self) -> list[str]:
        found = [str(name) for name in self._ask(f"SELECT column_name FROM (DESCRIBE SELECT * FROM {_READ})")["column_name"]]  # noqa: S608
        if len(found) < 2:
            raise AtlasError(f"{self.file.name} has one column; labels need one with names of pictures and another.")
        return found

    def _known(self, column: str) -> str:
        if column not in self.columns:
            raise AtlasError(f"{self.file.name} has no column {column[:80]!r}.")
        return column

    def _ask(self, query: str, **values: Any) -> dict[str, Any]:
        given = {"csv": str(self.file), "delim": self.delimiter, **values}
        return ask(connect([self.file]), query, given, self.file.name)


@dataclass(frozen=True)
class Only:
    """Which pictures: all, or those with one of the values in a column of the labels."""

    labels: Labels | None = None
    column: str = ""
    values: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of what is found of them; changes with the file."""
        if self.labels is None or not self.values:
            return ""
        found = self.labels.file.stat()
        return f"{self.labels.file}:{found.st_size}:{found.st_mtime_ns}:{self.column!r}:{self.values!r}"


EVERY: Final = Only()


def only_these(only: Only) -> tuple[str, dict[str, Any]]:
    """A condition on the column `picture`, and what stands in it as $name."""
    if only.labels is None or not only.values:
        return "true", {}
    of, column = quoted(only.labels.of_pictures), quoted(only.column)
    where = f"picture IN (SELECT {of} FROM {_READ} WHERE list_contains($values, {column}))"  # noqa: S608 (quoted)
    return where, {"csv": str(only.labels.file), "delim": only.labels.delimiter, "values": list(only.values)}


def label_files(manifest: Manifest, folder: Path) -> list[Path]:
    """The CSV files beside the pictures: in the folder that they lie in, or the list of them; and in the atlas's own."""
    source = source_of(manifest, folder)
    if source.suffix.lower() == ".csv":
        return [source] if source.is_file() else []
    places = dict.fromkeys([source if source.is_dir() else source.parent, folder])
    found = [file for place in places for file in _listed(place) if file.is_file() and not file.is_symlink()]
    return found[:MOST_FILES]


def _listed(place: Path) -> list[Path]:
    try:
        return sorted(place.glob("*.csv"))
    except OSError:
        return []
