"""What recording a large picture costs, said before it starts, and the largest grid that the free memory takes.

Measured, not assumed: the model runs on two small pictures. Its operations and its memory grow as a·N + b·N² with the number of
tokens N, projections and MLPs linearly, attention with every pair, so that two sizes give all others. The time is that of the
operations, at the speed at which this machine ran a picture that took it a moment.
"""

from __future__ import annotations

import math
import time
import weakref
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from attention_core.images.patch_grid import PatchGrid
from attention_core.models.free_memory import claimed, fits, free_bytes
from attention_core.models.placement import placement_of
from attention_core.recording.record import AttentionRecord

LARGE_PATCHES: Final = 64 * 64
"""More patches than these are worth an estimate: their pass takes from seconds to minutes."""
SIDES: Final = (20, 40)
"""Patches across of the two square pictures that are measured."""
TIMED_SIDES: Final = (40, 64)
A_MOMENT: Final = 0.3
"""Seconds above which a pass is long enough to be timed by; of a shorter one much is not the model."""
OVERHEAD: Final = 1.3
"""Memory that a process takes for each byte of tensors: allocators leave holes (benchmarks/large.py)."""

Growth = tuple[float, float]


class Recordable(Protocol):
    """What a model must offer for its passes to be estimated; `VisionModel` is one."""

    @property
    def title(self) -> str: ...
    @property
    def module(self) -> nn.Module: ...
    @property
    def prefix_tokens(self) -> tuple[str, ...]: ...
    @property
    def across_limits(self) -> tuple[int, int]: ...

    def grid_for(self, image: Image.Image, across: int | None = None) -> PatchGrid: ...
    def estimate(self, grid: PatchGrid, features: bool = False) -> PassEstimate: ...
    def preprocess(self, image: Image.Image, grid: PatchGrid) -> Tensor: ...
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
    """More patches than the free memory takes; `across` is the largest number along the longer side that it does, or None."""

    def __init__(self, message: str, across: int | None) -> None:
        super().__init__(message)
        self.across = across


@dataclass(frozen=True)
class PassEstimate:
    """seconds of a recorded pass on this machine; peak: the most bytes that it holds, of which `kept` stay with the record."""

    seconds: float
    peak: int
    kept: int

    def __str__(self) -> str:
        return f"about {duration(self.seconds)} and {size(self.peak)} of memory"


@dataclass(frozen=True)
class PassCost:
    """(a, b) of a·N + b·N², N tokens, of a recorded pass: its operations (multiplications and additions) and its bytes, with
    values and blocks.

    speed: operations a second.
    """

    operations: Growth
    peak: Growth
    kept: Growth
    speed: float

    def at(self, tokens: int) -> PassEstimate:
        """For so many tokens, prefix and patches."""
        operations, peak, kept = (_at(growth, tokens) for growth in (self.operations, self.peak, self.kept))
        return PassEstimate(operations / self.speed, math.ceil(peak), math.ceil(kept))


def measure_cost(model: Recordable) -> PassCost:
    """Record the model on two grey pictures of SIDES patches across. Raises ValueError as `record` does."""
    tokens = [side**2 + len(model.prefix_tokens) for side in SIDES]
    small, large = (_measured(model, side) for side in SIDES)
    operations, peak, kept = (_growth(tokens, values) for values in zip(small, large, strict=True))
    return PassCost(operations, peak, kept, _speed(model, operations))


def require_memory(model: Recordable, image: Image.Image, grid: PatchGrid) -> None:
    """Raises TooLargeError where recording an image like this one on this grid would take more memory than is free."""
    peak, free = model.estimate(grid).peak, free_bytes(placement_of(model.module)[0])
    if not fits(peak, free):
        raise _too_large(model, image, grid, peak, free)


def memory_for(
    model: Recordable, image: Image.Image, grid: PatchGrid, batch: int = 1, features: bool = False
) -> AbstractContextManager[None]:
    """While entered the memory is claimed that recording so many images like this one on this grid takes. Entering raises
    TooLargeError where that is more than is free.
    """
    peak = batch * model.estimate(grid, features).peak

    def refused(free: int) -> TooLargeError:
        return _too_large(model, image, grid, peak, free, batch, features)

    return claimed(peak, placement_of(model.module)[0], refused)


def _too_large(
    model: Recordable, image: Image.Image, grid: PatchGrid, peak: int, free: int, batch: int = 1, features: bool = False
) -> TooLargeError:
    across = largest_across(model, image, free // batch, features)
    way_out = "choose a smaller model" if across is None else f"at most {across} patches across fit"
    images = f" in each of {batch} images" if batch > 1 else ""
    return TooLargeError(
        f"{grid.rows} × {grid.cols} patches of {model.title}{images} take about {size(peak)} of memory, "
        f"and {size(free)} are free: {way_out}.",
        across,
    )


def largest_across(model: Recordable, image: Image.Image, free: int, features: bool = False) -> int | None:
    """The most patches along the image's longer side whose recording `free` bytes take; None where even the fewest do not."""
    low, high = model.across_limits
    fitting = (
        across
        for across in range(high, low - 1, -1)
        if fits(model.estimate(model.grid_for(image, across), features).peak, free)
    )
    return next(fitting, None)


def duration(seconds: float) -> str:
    """For people: "40 s", "3 min"."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def size(count: int) -> str:
    """For people: "120 MB", "1.4 GB"."""
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


def _measured(model: Recordable, side: int) -> tuple[float, float, float]:
    """Operations, peak bytes and kept bytes of a recorded pass over side × side patches."""
    with FlopCounterMode(display=False, custom_mapping=_FUSED_ON_CPU) as counter:
        model.record(_grey(side), side, keep_v=False)
    with _LiveBytes() as live:
        record, _ = model.record(_grey(side), side, blocks=True)
    return max(1, counter.get_total_flops()), OVERHEAD * live.peak, record.nbytes


def _speed(model: Recordable, operations: Growth) -> float:
    """Operations a second, in the first of TIMED_SIDES that takes more than A_MOMENT, or the last."""
    for side in TIMED_SIDES:
        start = time.perf_counter()
        try:
            _, grid = model.record(_grey(side), side, keep_v=False)
        except TooLargeError:
            if side == TIMED_SIDES[0]:
                raise
            break  # the one before says enough
        if placement_of(model.module)[0].type != "cpu":
            torch.accelerator.synchronize()  # a GPU answers before it is done
        seconds = time.perf_counter() - start
        if seconds > A_MOMENT:
            break
    return _at(operations, len(model.prefix_tokens) + grid.num_patches) / seconds


def _at(growth: Growth, tokens: int) -> float:
    return growth[0] * tokens + growth[1] * tokens**2


def _grey(side: int) -> Image.Image:
    return Image.new("RGB", (side, side), "grey")


def _growth(tokens: list[int], values: tuple[float, float]) -> Growth:
    """The a and b, neither below 0, with which a·N + b·N² passes through both values, or through the larger one."""
    (small, large), (at_small, at_large) = tokens, values
    b = max(0.0, (at_large / large - at_small / small) / (large - small))
    a = max(0.0, at_large / large - b * large)
    return a, b


def _flops_of_fused(q: torch.Size, k: torch.Size, v: torch.Size, *_: Any, **__: Any) -> int:
    return int(sdpa_flop_count(q, k, v))  # type: ignore[no-untyped-call]


_FUSED_ON_CPU: Final = {torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: _flops_of_fused}
"""torch's counter knows the fused kernels of GPUs alone."""


class _LiveBytes(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Bytes of all tensors that were made while it is entered and still live; `peak` is the most at one time."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.peak = 0
        self._live: dict[int, int] = {}

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(result):
            if isinstance(tensor, torch.Tensor):
                self._note(tensor.untyped_storage())
        return result

    def _note(self, storage: torch.UntypedStorage) -> None:
        if storage._cdata in self._live:
            return
        self._live[storage._cdata] = storage.nbytes()
        weakref.finalize(storage, self._live.pop, storage._cdata)
        self.peak = max(self.peak, sum(self._live.values()))
