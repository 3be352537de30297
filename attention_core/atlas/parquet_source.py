"""Pictures whose files' bytes stand in a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from attention_core.atlas.places import Place, where_of
from attention_core.images.image_error import ImageError

if TYPE_CHECKING:
    import pyarrow as pa

NAME_COLUMNS: Final = ("picture", "name", "path", "file_name", "filename", "id", "key")
IMAGE_COLUMNS: Final = ("image", "bytes", "jpg", "png", "content", "data")


@dataclass(frozen=True)
class ParquetSource:
    """A Parquet file with one picture a row: its bytes, or a struct with `bytes` as the datasets library writes it.

    Names stand in the first of NAME_COLUMNS that is there; without one a picture's name is the number of its row.
    """

    file: Place

    @property
    def where(self) -> str:
        return where_of(self.file)

    def names(self) -> Iterator[str]:
        image, name = self._columns()
        seen: set[str] = set()
        number = 0
        for batch in self._batches([name] if name else [image], 65536):
            for value in batch.column(0).to_pylist() if name else range(batch.num_rows):
                own = str(number if not name or value is None else value)
                one = own if own not in seen else f"{own} (row {number})"
                seen.add(one)
                number += 1
                yield one

    def read(self, names: Sequence[str], first: int) -> Iterator[bytes | ImageError]:
        image, _ = self._columns()
        skipped, left = first, len(names)
        for group, rows in enumerate(self._rows_of_groups()):
            if skipped >= rows:
                skipped -= rows
                continue
            for batch in self._batches([image], 64, [group]):
                start, skipped = min(skipped, batch.num_rows), max(0, skipped - batch.num_rows)
                for value in batch.column(0)[start : start + left]:
                    yield _bytes_in(value)
                    left -= 1
                if left == 0:
                    return

    def _opened(self) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.ParquetFile(self.file.files.open_input_file(self.file.path))
        except pa.ArrowInvalid:
            raise ValueError(f"{self.where} is no Parquet file") from None

    def _rows_of_groups(self) -> list[int]:
        with self._opened() as file:
            return [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]

    def _batches(self, columns: list[str], size: int, groups: list[int] | None = None) -> Iterator[pa.RecordBatch]:
        with self._opened() as file:
            yield from file.iter_batches(size, row_groups=groups, columns=columns)

    def _columns(self) -> tuple[str, str]:
        """Of the bytes, and of names, "" where there are none."""
        with self._opened() as file:
            schema = file.schema_arrow
        images = [name for name in IMAGE_COLUMNS if name in schema.names and _holds_bytes(schema.field(name).type)]
        if not images:
            raise ValueError(
                f"{self.where} has no column of pictures: one of {', '.join(IMAGE_COLUMNS)} with the bytes of a file a row"
            )
        return images[0], next((name for name in NAME_COLUMNS if name in schema.names), "")


def _bytes_in(value: Any) -> bytes | ImageError:
    found = value.as_py()
    data = found.get("bytes") if isinstance(found, dict) else found
    return data if isinstance(data, bytes) else ImageError("The row holds no bytes of a picture.")


def _holds_bytes(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        return any(_holds_bytes(kind.field(i).type) for i in range(kind.num_fields) if kind.field(i).name == "bytes")
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
