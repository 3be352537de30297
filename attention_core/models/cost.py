"""How much time and memory a recorded pass takes, and the memory that a pass or a model claims before it begins.

More than LARGE_PATCHES patches are measured first (`measured_cost.py`). For fewer, the memory is counted from the size of the
model, so that the first map waits for no measurement.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from PIL import Image
from torch import nn

from attention_core.images.patch_grid import PatchGrid
from attention_core.models.free_memory import available_bytes, claimed, fits
from attention_core.models.placement import placement_of
from attention_core.models.weights import WeightsError
from attention_core.recording.record import AttentionRecord

LARGE_PATCHES: Final = 64 * 64
"""A pass over more patches is measured first: it takes from seconds to minutes."""
OVERHEAD: Final = 1.3
"""Memory that a process takes for each byte of tensors: allocators leave holes (benchmarks/large.py)."""
NUMBERS: Final = 6
"""Numbers that a recorded pass holds at its peak per patch, layer and channel: `measure_cost` finds 6.1 for DINOv2-small, with
196 patches and with 4,096.
"""
PARAMETERS_OF_BLOCK: Final = 12
"""Parameters of a Transformer block, in squares of its width: 4 in attention, 8 in its MLP."""
COPIES: Final = 2
"""Copies of the weights while a model is built: the file's and the model's own."""

Growth = tuple[float, float]
"""(a, b) of a·N + b·N², N tokens."""


class Recordable(Protocol):
    """A model whose passes can be estimated, such as a `VisionModel`."""

    @property
    def title(self) -> str: ...
    @property
    def module(self) -> nn.Module: ...
    @property
    def num_layers(self) -> int: ...
    @property
    def prefix_tokens(self) -> tuple[str, ...]: ...
    @property
    def across_limits(self) -> tuple[int, int]: ...

    def grid_for(self, image: Image.Image, across: int | None = None) -> PatchGrid: ...
    def estimate(self, grid: PatchGrid, features: bool = False) -> PassEstimate: ...
    def record(
        self,
        image: Image.Image,
        across: int | None = None,
        *,
        keep_v: bool = True,
        features: bool = False,
        blocks: bool = False,
    ) -> tuple[AttentionRecord, PatchGrid]: ...


class TooLargeError(ValueError):
    """A pass takes more memory than is free; `across` is the largest number of patches along the longer side that fits, or
    None if there is none or it was not measured.
    """

    def __init__(self, message: str, across: int | None = None) -> None:
        super().__init__(message)
        self.across = across


@dataclass(frozen=True)
class PassEstimate:
    """seconds of a recorded pass on this machine; peak: the most bytes that it holds; kept: bytes that stay with the record."""

    seconds: float
    peak: int
    kept: int

    def __str__(self) -> str:
        return f"about {duration(self.seconds)} and {size(self.peak)} of memory"


@dataclass(frozen=True)
class PassCost:
    """The cost of a recorded pass of one model on this machine, with values and blocks.

    operations: multiplications and additions. peak, kept: bytes. speed: operations a second. features: bytes per token, and
    bytes of the norm, that a record with features keeps in addition.
    """

    operations: Growth
    peak: Growth
    kept: Growth
    speed: float
    features: tuple[float, int] = (0.0, 0)

    def at(self, tokens: int, features: bool = False) -> PassEstimate:
        """Return the estimate for so many tokens, prefix and patches; copying features takes no time worth adding."""
        operations, peak, kept = (growth_at(growth, tokens) for growth in (self.operations, self.peak, self.kept))
        per_token, of_norm = self.features
        more = math.ceil(tokens * per_token) + of_norm if features else 0
        seconds = operations / self.speed
        return PassEstimate(seconds, math.ceil(peak) + math.ceil(OVERHEAD * more), math.ceil(kept) + more)


def room_for_pass(
    model: Recordable, grid: PatchGrid, image: Image.Image | None = None, batch: int = 1, features: bool = False
) -> AbstractContextManager[None]:
    """Claim, while entered, the memory for recording a batch of images on this grid.

    image: the image, if a large pass is to be measured. Entering raises TooLargeError if less memory is free.
    """
    if image is not None and grid.num_patches > LARGE_PATCHES:
        return _room_as_measured(model, grid, image, batch, features)
    needed = _counted(model, grid, batch)
    way_out = "choose a coarser detail or a smaller model, or try again in a while"
    return claimed(
        needed, placement_of(model.module)[0], lambda free: TooLargeError(_refusal(model, grid, needed, free, way_out))
    )


def require_memory(model: Recordable, image: Image.Image, grid: PatchGrid) -> None:
    """Raise TooLargeError if recording an image like this one on this grid takes more memory than is free, as measured."""
    with _room_as_measured(model, grid, image):
        pass


def require_room_for_weights(what: str, count: int) -> None:
    """Raise WeightsError if a model whose weights are so many bytes takes more memory than is free."""
    needed, free = COPIES * count, available_bytes()
    if not fits(needed, free):
        raise WeightsError(
            f"{what} takes about {size(needed)} of memory as it is loaded, and {size(free)} are free; choose a smaller model, "
            "or try again in a while."
        )


def largest_across(model: Recordable, image: Image.Image, free: int, features: bool = False) -> int | None:
    """Return the most patches along the image's longer side whose recording fits into `free` bytes; None if none fits."""
    low, high = model.across_limits
    fitting = (
        across
        for across in range(high, low - 1, -1)
        if fits(model.estimate(model.grid_for(image, across), features).peak, free)
    )
    return next(fitting, None)


def growth_at(growth: Growth, tokens: int) -> float:
    """Return a·N + b·N²."""
    return growth[0] * tokens + growth[1] * tokens**2


def duration(seconds: float) -> str:
    """Return a duration for people: "40 s", "3 min"."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def size(count: int) -> str:
    """Return a number of bytes for people: "120 MB", "1.4 GB"."""
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


def _room_as_measured(
    model: Recordable, grid: PatchGrid, image: Image.Image, batch: int = 1, features: bool = False
) -> AbstractContextManager[None]:
    peak = batch * model.estimate(grid, features).peak

    def refused(free: int) -> TooLargeError:
        across = largest_across(model, image, free // batch, features)
        way_out = "choose a smaller model" if across is None else f"at most {across} patches across fit"
        images = f" in each of {batch} images" if batch > 1 else ""
        return TooLargeError(_refusal(model, grid, peak, free, way_out, images), across)

    return claimed(peak, placement_of(model.module)[0], refused)


def _counted(model: Recordable, grid: PatchGrid, batch: int) -> int:
    """Bytes at the peak of a recorded pass, from the number of parameters alone."""
    parameters = sum(each.numel() for each in model.module.parameters())
    width = math.sqrt(parameters / (PARAMETERS_OF_BLOCK * max(1, model.num_layers)))
    itemsize = placement_of(model.module)[1].itemsize
    return round(NUMBERS * itemsize * width * model.num_layers * grid.num_patches * batch)


def _refusal(model: Recordable, grid: PatchGrid, needed: int, free: int, way_out: str, images: str = "") -> str:
    patches = f"{grid.rows} × {grid.cols} patches of {model.title}{images}"
    return f"{patches} take about {size(needed)} of memory, and {size(free)} are free: {way_out}."
