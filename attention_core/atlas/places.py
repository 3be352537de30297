"""Folders on whatever pyarrow reaches: this machine, S3, Google Cloud Storage."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pyarrow as pa

UNFINISHED: Final = ".part"
"""Ends the name of a file that is being written, or was when its writer was stopped."""


@dataclass(frozen=True)
class Place:
    """A folder or file. files: a pyarrow.fs.FileSystem; path: on it."""

    files: Any
    path: str

    @classmethod
    def of(cls, where: str | Path) -> Place:
        """Of a path on this machine, or a URI such as s3://bucket/folder. Raises ValueError where pyarrow cannot."""
        from pyarrow import ArrowInvalid, fs

        if isinstance(where, str) and "://" in where:
            try:
                return cls(*fs.FileSystem.from_uri(where))
            except (ArrowInvalid, ValueError) as error:
                raise ValueError(f"{where} cannot be reached: {error}") from None
        return cls(fs.LocalFileSystem(), str(Path(where).expanduser().absolute()))

    @property
    def is_local(self) -> bool:
        return bool(self.files.type_name == "local")

    def __truediv__(self, name: str) -> Place:
        return Place(self.files, f"{self.path.rstrip('/')}/{name}")

    @property
    def name(self) -> str:
        return self.path.rstrip("/").rsplit("/", 1)[-1]

    @property
    def kind(self) -> str:
        """ "file", "folder", or "" where nothing is."""
        from pyarrow import fs

        found = self.files.get_file_info(self.path).type
        return {fs.FileType.File: "file", fs.FileType.Directory: "folder"}.get(found, "")

    @property
    def size(self) -> int | None:
        """Of the file, in bytes; None where there is none."""
        size: int | None = self.files.get_file_info(self.path).size
        return size

    def files_in(self) -> list[Place]:
        """Files of the folder itself, sorted by name; none where there is no such folder."""
        from pyarrow import fs

        inside = self.files.get_file_info(fs.FileSelector(self.path, allow_not_found=True))
        return [Place(self.files, each.path) for each in sorted(inside, key=lambda each: each.path) if each.is_file]

    def make_folder(self) -> None:
        """Raises OSError where it cannot be made."""
        self.files.create_dir(self.path, recursive=True)

    def read(self) -> bytes:
        """The file's bytes. Raises OSError where it cannot be read.

        Elsewhere as a stream: while pyarrow reads a file of gs at any place, no thread of Python goes on.
        """
        with self._opened() as file:
            return bytes(file.read())

    def _opened(self) -> pa.NativeFile:
        if self.is_local:
            return self.files.open_input_file(self.path)
        return self.files.open_input_stream(self.path, compression=None)

    def remove(self) -> None:
        """The file, or the folder and what is in it, where it is there."""
        kind = self.kind
        with contextlib.suppress(FileNotFoundError):  # another worker was faster
            if kind == "folder":
                self.files.delete_dir(self.path)
            elif kind == "file":
                self.files.delete_file(self.path)

    def write(self, data: bytes) -> None:
        """The file is whole or not there. Raises OSError where it cannot be written."""
        with self.whole() as path, self.files.open_output_stream(path) as file:
            file.write(data)

    def write_table(self, table: pa.Table) -> None:
        """As Parquet, likewise."""
        import pyarrow.parquet as pq

        columns = [name for name in ("picture", "layer", "head", "rows", "cols") if name in table.column_names]
        with self.whole() as path:
            pq.write_table(table, path, filesystem=self.files, compression="zstd", use_dictionary=columns)

    def read_table(self) -> pa.Table:
        """Of a Parquet file. Raises OSError or pyarrow.ArrowInvalid where there is no whole one."""
        import pyarrow.parquet as pq

        with self.files.open_input_file(self.path) as file:
            return pq.ParquetFile(file).read()

    @contextlib.contextmanager
    def whole(self) -> Iterator[str]:
        """Where to write: beside it on this machine, then moved; an object store shows an object once it is whole.

        Each who writes has a name to itself: workers that write the same file into a shared folder each move a whole one.
        """
        if not self.is_local:
            yield self.path
            return
        target = Path(self.path)
        unfinished = target.with_name(f".{target.name}.{uuid.uuid4().hex}{UNFINISHED}")
        try:
            yield str(unfinished)
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)


def where_of(place: Place) -> str:
    """For the manifest: a path on this machine, or a URI."""
    if place.is_local:
        return place.path
    scheme = {"gcs": "gs"}.get(place.files.type_name, place.files.type_name)
    return f"{scheme}://{place.path}"
