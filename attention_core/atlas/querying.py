"""DuckDB over files of an atlas: it may read these and nothing else, and what it is asked comes back as small arrays."""

from __future__ import annotations

import atexit
import os
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from attention_core.atlas.manifest import AtlasError

if TYPE_CHECKING:
    import duckdb

MEMORY: Final = "1GB"
"""The most that one atlas takes while it is asked."""
NEEDS: Final = 'an atlas is read with DuckDB: run `pip install "regard[atlas]"`'


_OPEN: Final[weakref.WeakSet[Any]] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """What is still open as the interpreter ends, whose threads would end it with an abort."""
    for connection in list(_OPEN):
        connection.close()


def connect(files: Sequence[Path]) -> duckdb.DuckDBPyConnection:
    """A database in memory that may open these files alone, loads no extension, writes nothing, and cannot be told otherwise.

    Raises ImportError where DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ImportError(NEEDS) from error
    config: dict[str, Any] = {"autoload_known_extensions": False, "autoinstall_known_extensions": False}
    config |= {
        "memory_limit": MEMORY,
        "threads": os.cpu_count() or 1,
        "temp_directory": "",
        "python_enable_replacements": False,
    }
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET allowed_paths = ?", [[str(file) for file in files]])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    _OPEN.add(connection)
    return connection


def ask(
    connection: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any], what: str = "The atlas"
) -> dict[str, np.ndarray]:
    """The columns of what a query returns, nulls as NaN; safe for threads.

    values: what stands in the query as $name. what: is asked, in case that it cannot be read.

    Raises:
        AtlasError: where it cannot be read, in one sentence.
    """
    import duckdb

    try:
        found = connection.cursor().execute(query, dict(values)).fetchnumpy()
    except duckdb.OutOfMemoryException as error:
        raise AtlasError(f"{what} takes more than {MEMORY} of memory to be asked this; ask for fewer pictures.") from error
    except (duckdb.Error, UnicodeDecodeError) as error:
        raise AtlasError(f"{what} cannot be read: one of its files is damaged, or was changed while it was read.") from error
    columns: dict[str, Any] = found
    return {name: _plain(column) for name, column in columns.items()}


def quoted(name: str) -> str:
    """A name of a column, whatever it consists of, as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def _plain(column: Any) -> np.ndarray:
    """Without the mask that DuckDB gives what has nulls."""
    mask, values = np.ma.getmaskarray(column), np.ma.getdata(column)
    if not mask.any():
        return values
    return np.where(mask, "", values) if values.dtype == object else np.where(mask, np.nan, values)
