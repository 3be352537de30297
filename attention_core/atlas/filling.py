"""Pictures as they come, decoded beside the computing, filled into batches of one grid."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from PIL import Image

from attention_core.images.decoding import ImageSource, load_image
from attention_core.images.image_error import ImageError
from attention_core.images.patch_grid import PatchGrid
from attention_core.models import VisionModel

PATIENCE: Final = 4
"""A batch that is not full goes once this many batches' pictures have come since its first: memory stays flat."""
DECODERS: Final = 2
"""Threads; pictures that wait decoded are those of one batch for each."""


@dataclass(frozen=True)
class Failure:
    """A picture that could not be read, and why, in a sentence."""

    picture: str
    reason: str


@dataclass
class Batch:
    """Pictures of one grid, reduced to its size, with their numbers in the order in which they came."""

    grid: PatchGrid
    numbers: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    pictures: list[Image.Image] = field(default_factory=list)


Named = tuple[str, ImageSource | ImageError]
Read = tuple[int, str, tuple[Image.Image, PatchGrid] | Failure]


def batches(
    pictures: Iterable[Named], model: VisionModel, across: int | None, size: int, done: Collection[int] = ()
) -> Iterator[Batch | Failure]:
    """Batches of at most `size`, and failures as they come.

    Which pictures share a batch follows from their order alone: it is the same whoever computes, whatever was `done` before, as
    long as that is whole batches and failures. Numbers count from 0.
    """
    waiting: dict[PatchGrid, Batch] = {}
    with ThreadPoolExecutor(DECODERS, "decoding") as threads:
        for number, name, found in _read_ahead(threads, pictures, model, across, size, done):
            for batch in [each for each in waiting.values() if number - each.numbers[0] >= PATIENCE * size]:
                yield waiting.pop(batch.grid)
            if isinstance(found, Failure):
                yield found
                continue
            picture, grid = found
            batch = waiting.setdefault(grid, Batch(grid))
            batch.numbers.append(number)
            batch.names.append(name)
            batch.pictures.append(picture)
            if len(batch.numbers) == size:
                yield waiting.pop(grid)
        yield from waiting.values()


def _read_ahead(
    threads: ThreadPoolExecutor,
    pictures: Iterable[Named],
    model: VisionModel,
    across: int | None,
    size: int,
    done: Collection[int],
) -> Iterator[Read]:
    """In order; so many pictures ahead as make a batch for each thread."""
    ahead: deque[tuple[int, str, Future[tuple[Image.Image, PatchGrid] | Failure]]] = deque()
    try:
        for number, (name, source) in enumerate(pictures):
            if number in done:
                continue
            ahead.append((number, name, threads.submit(_decoded, name, source, model, across)))
            if len(ahead) > DECODERS * size:
                first, own, future = ahead.popleft()
                yield first, own, future.result()
        while ahead:
            first, own, future = ahead.popleft()
            yield first, own, future.result()
    finally:
        for _, _, future in ahead:
            future.cancel()


def read_picture(name: str, source: ImageSource | ImageError) -> Image.Image | Failure:
    """The picture, or why there is none."""
    try:
        if isinstance(source, ImageError):
            raise source
        return load_image(source)
    except ImageError as error:
        return Failure(name, str(error))


def _decoded(
    name: str, source: ImageSource | ImageError, model: VisionModel, across: int | None
) -> tuple[Image.Image, PatchGrid] | Failure:
    """At the size at which the model takes it."""
    picture = read_picture(name, source)
    if isinstance(picture, Failure):
        return picture
    grid = model.grid_for(picture, across)
    return picture.resize((grid.width, grid.height), Image.Resampling.BICUBIC), grid
