"""From a name in an atlas back to its picture. Names may be anybody's: they lead to nothing outside of where pictures were."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PIL import Image

from attention_core.atlas.manifest import AtlasError, Manifest
from attention_core.atlas.parquet_source import ParquetSource
from attention_core.atlas.places import Place
from attention_core.atlas.plan import number_of
from attention_core.images.decoding import MIN_SIDE, load_image
from attention_core.settings import settings

CROP: Final = re.compile(r"(?P<file>.+)#(?P<box>\d{1,5},\d{1,5},\d{1,5},\d{1,5})")
"""A part of a picture: its file, and left, top, width and height in pixels of the upright picture."""
LONGEST: Final = 4096
MOST_LISTED: Final = 256 << 20
"""bytes"""


def source_of(manifest: Manifest, folder: Path) -> Path:
    """Where pictures were looked for; what the manifest says is relative to the atlas's folder where it is not absolute."""
    return (folder / manifest.source).resolve()


def picture_of(manifest: Manifest, folder: Path, name: str, may_read: Callable[[Path], bool] = lambda _: True) -> Image.Image:
    """The picture of that name, upright, as `load_image` decodes it.

    Args:
        folder: of the atlas. name: as it stands in the column `picture`, relative to the source's folder, or to the folder of a
            list, which may name files elsewhere; the part of a file where `CROP` matches; a row's, where the source is Parquet.
        may_read: of files, links followed, which may be read.

    Raises:
        AtlasError: where it is not there any more or lies elsewhere, in one sentence.
        ImageError: where it is no picture any more.
    """
    if (source := source_of(manifest, folder)).suffix.lower() == ".parquet" and source.is_file():
        return load_image(_bytes_in(source, folder, name, may_read))
    found = CROP.fullmatch(name)
    if found is None or _there(manifest, folder, name) is not None:
        return load_image(_bytes_of(file_of(manifest, folder, name), name, may_read))
    image = load_image(_bytes_of(file_of(manifest, folder, found["file"]), name, may_read))
    left, top, width, height = map(int, found["box"].split(","))
    if min(width, height) < MIN_SIDE or left + width > image.width or top + height > image.height:
        raise _gone(name)
    return image.crop((left, top, left + width, top + height))


def file_of(manifest: Manifest, folder: Path, name: str) -> Path:
    """Where it lies, links followed. Raises AtlasError where it is gone, or outside of where pictures were looked for."""
    if (path := _there(manifest, folder, name)) is None:
        raise _gone(name)
    return path


def _there(manifest: Manifest, folder: Path, name: str) -> Path | None:
    source = source_of(manifest, folder)
    within = source if source.is_dir() else source.parent
    if not 0 < len(name) < LONGEST:
        return None
    try:
        path = (within / name).resolve()
        inside = path.is_relative_to(within) or _is_listed(source, name)
        return path if inside and path.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _is_listed(source: Path, name: str) -> bool:
    """Whether whoever made the atlas named this very file in a list: it may lie anywhere."""
    if source.suffix.lower() != ".txt" or source.stat().st_size > MOST_LISTED:
        return False
    with source.open(encoding="utf-8") as lines:
        return any(line.strip() == name for line in lines)


def _bytes_of(path: Path, name: str, may_read: Callable[[Path], bool]) -> bytes:
    if not may_read(path):
        raise _gone(name)
    try:
        if path.stat().st_size > settings().picture_bytes:
            raise AtlasError(f"“{_short(name)}” is larger than {settings().picture_megabytes} MB.")
        return path.read_bytes()
    except OSError as error:
        raise _gone(name) from error


def _bytes_in(source: Path, folder: Path, name: str, may_read: Callable[[Path], bool]) -> bytes:
    """Of the row of that name in a Parquet file; which one that is says the list of names beside the shards."""
    if not may_read(source):
        raise _gone(name)
    try:
        number = number_of(Place.of(folder), name)
        found = next(ParquetSource(Place.of(source)).read([name], number)) if number is not None else None
    except (OSError, ValueError) as error:  # ValueError: it holds no pictures any more
        raise _gone(name) from error
    if not isinstance(found, bytes):
        raise _gone(name)
    return found


def _gone(name: str) -> AtlasError:
    return AtlasError(f"“{_short(name)}” is not where the atlas was made from any more.")


def _short(name: str) -> str:
    shown = "".join(sign if sign.isprintable() else "�" for sign in name)
    return shown if len(shown) <= 80 else f"…{shown[-79:]}"
