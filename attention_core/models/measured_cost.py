"""The cost of a recorded pass, measured on two small pictures.

Operations and memory grow as a·N + b·N² with the number of tokens N: projections and MLPs linearly, attention with every pair.
Two sizes give a and b. The time is that of the operations, at the speed at which this machine ran a picture that took a moment.
"""

from __future__ import annotations

import time
import weakref
from typing import Any, Final

import torch
from PIL import Image
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from attention_core.models.cost import OVERHEAD, Growth, PassCost, Recordable, TooLargeError, growth_at
from attention_core.models.placement import placement_of

SIDES: Final = (20, 40)
"""Patches across of the two square pictures that are measured."""
TIMED_SIDES: Final = (40, 64)
A_MOMENT: Final = 0.3
"""Seconds above which a pass can be timed; much of a shorter one is not the model."""


def measure_cost(model: Recordable) -> PassCost:
    """Record the model on two grey pictures of SIDES patches across. Raises ValueError as `record` does."""
    tokens = [side**2 + len(model.prefix_tokens) for side in SIDES]
    (*small, of_tokens, of_norm), (*large, _, _) = (_measured(model, side) for side in SIDES)
    operations, peak, kept = (_growth(tokens, values) for values in zip(small, large, strict=True))
    return PassCost(operations, peak, kept, _speed(model, operations), (of_tokens / tokens[0], of_norm))


def _measured(model: Recordable, side: int) -> tuple[float, float, float, int, int]:
    """Operations, peak bytes and kept bytes of a pass over side × side patches; bytes of the features of its tokens, and of
    their norm.
    """
    with FlopCounterMode(display=False, custom_mapping=_FUSED_ON_CPU) as counter:
        counted, _ = model.record(_grey(side), side, keep_v=False, features=True)
    of_tokens = sum({id(of): of.raw.nbytes for of in counted.features.values()}.values())
    of_norm = counted.features.nbytes - of_tokens
    del counted
    with _LiveBytes() as live:
        record, _ = model.record(_grey(side), side, blocks=True)
    return max(1, counter.get_total_flops()), OVERHEAD * live.peak, record.nbytes, of_tokens, of_norm


def _speed(model: Recordable, operations: Growth) -> float:
    """Operations a second, in the first of TIMED_SIDES that takes more than A_MOMENT, or the last."""
    for side in TIMED_SIDES:
        start = time.perf_counter()
        try:
            _, grid = model.record(_grey(side), side, keep_v=False)
        except TooLargeError:
            if side == TIMED_SIDES[0]:
                raise
            break  # the smaller one was timed
        if placement_of(model.module)[0].type != "cpu":
            torch.accelerator.synchronize()  # a GPU answers before it is done
        seconds = time.perf_counter() - start
        if seconds > A_MOMENT:
            break
    return growth_at(operations, len(model.prefix_tokens) + grid.num_patches) / seconds


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
    """Bytes of all live tensors made while it is entered; `peak` is the most at one time."""

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
