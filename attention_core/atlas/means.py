"""The mean patterns of a model's heads over a sample of the pictures, to which all are compared."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator
from typing import Final

from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from attention_core.atlas.filling import Batch, Failure, Named, batches, read_picture
from attention_core.atlas.measuring import Measurer
from attention_core.atlas.patterns import MeanPatterns
from attention_core.atlas.sources import Source

SAMPLE: Final = 32
"""Pictures that the mean is over: those of the smallest SHA-256 of their names, among those that can be read."""
_LOOKED_AT: Final = 32 * SAMPLE
"""Of a source with more damaged files than this the sample is smaller."""


def sampled(names: Iterable[str]) -> list[tuple[int, str]]:
    """Numbers and names of the pictures to try for a sample, the first first: whoever computes takes the same."""
    keyed = ((hashlib.sha256(name.encode()).digest(), number, name) for number, name in enumerate(names))
    return [(number, name) for _, number, name in heapq.nsmallest(_LOOKED_AT, keyed)]


def mean_patterns(pictures: Iterable[Named], measurer: Measurer, across: int | None, size: int) -> MeanPatterns:
    """Over the first SAMPLE of the pictures that can be read. measurer: with `patterns`.

    Raises ValueError where none can be read, with the reason of the first.
    """
    reasons: list[Failure] = []
    found: list[dict[int, Tensor]] = []
    for batch in batches(_readable(pictures, reasons), measurer.model, across, size):
        if isinstance(batch, Batch):
            patterns = measurer(batch.pictures, batch.grid).patterns
            found += [{layer: each[image] for layer, each in patterns.items()} for image in range(len(batch.names))]
    if not found:
        first = f" {reasons[0].picture}: {reasons[0].reason}" if reasons else ""
        raise ValueError(f"there is no picture that can be read.{first}")
    return MeanPatterns.over(found)


def _readable(pictures: Iterable[Named], reasons: list[Failure]) -> Iterator[Named]:
    """At most SAMPLE, each decoded here, for only so one knows that it can be."""
    count = 0
    for name, source in pictures:
        picture = read_picture(name, source)
        if isinstance(picture, Failure):
            reasons.append(picture)
            continue
        yield name, picture
        count += 1
        if count == SAMPLE:
            return


def read_sample(source: Source, names: Iterable[str]) -> Iterator[Named]:
    """The pictures of a sample, read one by one."""
    for number, name in sampled(names):
        yield name, next(iter(source.read([name], number)))


def to_bytes(means: MeanPatterns) -> bytes:
    """As safetensors."""
    return bytes(save_tensors({str(layer): pattern.contiguous() for layer, pattern in means.layers.items()}))


def from_bytes(data: bytes) -> MeanPatterns:
    """What `to_bytes` made."""
    return MeanPatterns({int(layer): pattern for layer, pattern in load_tensors(data).items()})
