"""Where pictures of an atlas come from: a folder, a glob, a list of files, or a Parquet file with the files' bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from attention_core.atlas.parquet_source import ParquetSource
from attention_core.atlas.places import Place, where_of
from attention_core.images.decoding import require_bytes
from attention_core.images.image_error import ImageError

_MAGIC: Final = "*?["


class Source(Protocol):
    """Pictures by name, in an order that stays."""

    @property
    def where(self) -> str:
        """What names are relative to, or stand in."""

    def names(self) -> Iterator[str]:
        """Of all pictures, each once."""

    def read(self, names: Sequence[str], first: int) -> Iterator[bytes | ImageError]:
        """The bytes of these pictures, the first of which is number `first` of all; or why one cannot be read."""


def find_source(where: str | Path | Sequence[str | Path]) -> Source:
    """A folder and all folders in it, a glob, a .txt with a path a line, a .parquet with the bytes of pictures, or files.

    Raises ValueError, in one sentence, where there is none of these, or no right to see it.
    """
    if not isinstance(where, str | Path):
        return find_source(where[0]) if len(where) == 1 else _files(where)
    text = str(where)
    if "\0" in text:
        raise ValueError("a path has no null character; give a folder, a glob, a list.txt or an images.parquet")
    place = Place.of(where)
    try:
        kind, name = place.kind, place.name.lower()
    except PermissionError:
        raise _no_right(text) from None
    if kind == "folder":
        return Folder(place)
    if kind == "file":
        if name.endswith(".parquet"):
            return ParquetSource(place)
        return Listed(place) if name.endswith(".txt") else _files([where])
    if place.is_local and any(mark in text for mark in _MAGIC):
        return Folder(*_root_of(text))
    raise ValueError(f"there is no folder, glob, list.txt or images.parquet {text}")


def _root_of(pattern: str) -> tuple[Place, str]:
    """The folder before the first part with a mark, and the pattern in it."""
    parts = Path(pattern).expanduser().absolute().parts
    first = next(i for i, part in enumerate(parts) if any(mark in part for mark in _MAGIC))
    return Place.of(Path(*parts[:first])), str(Path(*parts[first:]))


def _files(where: Sequence[str | Path]) -> Source:
    """Files that were named one by one, as a shell does with a glob."""
    places = [Place.of(each) for each in where]
    if no_files := [place for place in places if place.kind != "file"]:
        raise ValueError(f"{no_files[0].path} is no file; give files alone, or one folder")
    folders = [place.path.rsplit("/", 1)[0] or "/" for place in places]
    root = os.path.commonpath(folders)
    return Files(Place(places[0].files, root), tuple(place.path[len(root) :].lstrip("/") for place in places))


@dataclass(frozen=True)
class Folder:
    """All files of a folder and the folders in it, sorted by name; hidden ones are passed over.

    pattern: a glob in it, to which names are held. Links are followed, and each folder is entered once. A folder on this
    machine that cannot be listed is named, with / at its end, and reading it says why.
    """

    root: Place
    pattern: str = ""

    @property
    def where(self) -> str:
        return where_of(self.root)

    def names(self) -> Iterator[str]:
        if not self.root.is_local:
            return iter(sorted(self._remote()))
        folder = Path(self.root.path)
        _require_right(folder)
        if not self.pattern:
            return iter(sorted(_walk(folder)))
        found = (path for path in folder.glob(self.pattern) if path.is_file())
        return iter(sorted({_as_text(path.relative_to(folder)) for path in found}))

    def read(self, names: Sequence[str], first: int) -> Iterator[bytes | ImageError]:
        return (_bytes_of(self.root / name) for name in names)

    def _remote(self) -> Iterator[str]:
        from pyarrow import fs

        start = len(self.root.path.rstrip("/")) + 1
        for each in self.root.files.get_file_info(fs.FileSelector(self.root.path, recursive=True)):
            name = each.path[start:]
            if each.is_file and not any(part.startswith(".") for part in name.split("/")):
                yield name


@dataclass(frozen=True)
class Files:
    """Files below one folder; each is taken once, in the order of their names."""

    root: Place
    files: tuple[str, ...]

    @property
    def where(self) -> str:
        return where_of(self.root)

    def names(self) -> Iterator[str]:
        return iter(sorted(set(self.files)))

    def read(self, names: Sequence[str], first: int) -> Iterator[bytes | ImageError]:
        return (_bytes_of(self.root / name) for name in names)


@dataclass(frozen=True)
class Listed:
    """Paths in a text file, a line each, relative to the folder of that file; each is taken once."""

    file: Place

    @property
    def where(self) -> str:
        return where_of(self.file)

    def names(self) -> Iterator[str]:
        try:
            lines = self.file.read().decode("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise ValueError(f"{self.where} is no text in UTF-8; write a path a line") from None
        return iter(dict.fromkeys(line.strip() for line in lines if line.strip()))

    def read(self, names: Sequence[str], first: int) -> Iterator[bytes | ImageError]:
        folder = Place(self.file.files, self.file.path.rsplit("/", 1)[0])
        for name in names:
            absolute = name.startswith("/") and self.file.is_local
            yield _bytes_of(Place(folder.files, name) if absolute else Place.of(name) if "://" in name else folder / name)


def _walk(root: Path) -> Iterator[str]:
    """Names of files below `root`, with / between folders; each real folder is entered once, whatever links lead to it.

    Of what cannot be listed the folder's own name, with / at its end.
    """
    entered: set[tuple[int, int]] = set()
    refused: list[OSError] = []
    for folder, inside, files in os.walk(root, onerror=refused.append, followlinks=True):
        about = Path(folder).stat()
        if (about.st_dev, about.st_ino) in entered:
            inside.clear()
            continue
        entered.add((about.st_dev, about.st_ino))
        inside[:] = sorted(each for each in inside if not each.startswith("."))
        for file in files:
            if not file.startswith("."):
                yield _as_text((Path(folder) / file).relative_to(root))
    for error in refused:
        yield f"{_as_text(Path(error.filename).relative_to(root))}/"


def _as_text(path: Path) -> str:
    """With / between folders. A name that is no UTF-8 is written out, and will not be found again."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode()


def _require_right(folder: Path) -> None:
    try:
        if folder.is_dir():
            os.scandir(folder).close()
    except PermissionError:
        raise _no_right(folder) from None


def _no_right(where: str | Path) -> ValueError:
    return ValueError(f"there is no right to read {where}; get that right, or give other pictures")


def _bytes_of(place: Place) -> bytes | ImageError:
    if place.path.endswith("/"):
        return _unlisted(place)
    try:
        require_bytes(place.size or 0)
        return place.read()
    except ImageError as error:
        return error
    except (OSError, ValueError) as error:  # ValueError: a name that is no text
        reason = getattr(error, "strerror", None) or str(error).split(". Detail:")[0]
        return ImageError(f"The file cannot be read: {reason}.")


def _unlisted(folder: Place) -> ImageError:
    try:
        os.scandir(folder.path).close()
    except OSError as error:
        return ImageError(f"The folder cannot be read: {error.strerror}.")
    return ImageError("The folder could not be read when its pictures were looked for.")
