"""A model run again from one block on: the blocks before it return what was recorded of them.

What runs is a copy of the module that shares all weights, so that nothing is ever changed on a module that others run too. What
a pass leaves out is said for the running task alone; one copy serves all threads.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from attention_core.images.patch_grid import PatchGrid
from attention_core.models import VisionModel
from attention_core.recording.recorder import record_attention

ROOT: Final = ""
"""The path of the module itself."""
NO_BLOCKS: Final = "its attention lies in no blocks that are known"
NOT_ALIKE: Final = "its blocks depend on more than what the blocks before them returned"


class Call(NamedTuple):
    """An attention call of a pass: the path of its module, and of the block that it lies in, "" where that is none."""

    path: str
    block: str


@dataclass
class Pass:
    """What one pass leaves out, and what is kept of it.

    given: by path, what blocks return instead of running. repeats: how often the picture lies in the batch. keep: the paths
    of those whose output is `kept`. pixels: what the module was called with.
    """

    given: Mapping[str, Tensor] = field(default_factory=dict)
    repeats: int = 1
    keep: Collection[str] = (ROOT,)
    kept: dict[str, Any] = field(default_factory=dict)
    pixels: Tensor | None = None

    def through(self, path: str, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A call of the module at that path."""
        if path == ROOT:
            self.pixels, *others = args
            args = (self._repeated(args[0]), *others)
        output = self._repeated(self.given[path]) if path in self.given else forward(*args, **kwargs)
        if path in self.keep:
            self.kept[path] = output
        return output

    def _repeated(self, tensor: Tensor) -> Tensor:
        """A copy, into which the model may write."""
        return tensor.repeat(self.repeats, *(1 for _ in tensor.shape[1:]))


_PASS: Final[ContextVar[Pass | None]] = ContextVar("pass", default=None)


@dataclass(frozen=True, eq=False)
class Resumable:
    """A model whose passes can begin at any block.

    model: the copy that shares all weights. calls: its attention calls in their order. why_whole: why passes run as a whole, ""
    where they can begin later. batches: whether several images can go on from one.
    """

    model: VisionModel
    calls: tuple[Call, ...]
    why_whole: str = ""
    batches: bool = True

    def blocks_before(self, layer: int | None) -> dict[str, int]:
        """By the path of each block that ends before that call's begins, the number of a call that lies in it.

        None is the end of the pass. None are known where passes run as a whole.
        """
        calls = self.calls if layer is None else self.calls[:layer]
        own = None if layer is None else self.calls[layer].block
        return {} if self.why_whole else {call.block: at for at, call in enumerate(calls) if call.block not in ("", own)}

    def calls_without(self, blocks: Collection[str]) -> list[int]:
        """The numbers of the calls that are made where these blocks do not run."""
        return [at for at, call in enumerate(self.calls) if call.block not in blocks]

    @contextmanager
    def running(self, this: Pass) -> Iterator[Pass]:
        """The module runs that pass inside the block."""
        token = _PASS.set(this)
        try:
            yield this
        finally:
            _PASS.reset(token)

    def run(self, this: Pass, pixels: Tensor) -> Any:
        """What the module returns in that pass."""
        with torch.inference_mode(), self.running(this):
            return self.model.module(pixels)


_KNOWN: Final[WeakKeyDictionary[nn.Module, Resumable]] = WeakKeyDictionary()
_LOCK: Final = threading.Lock()


def resumable(model: VisionModel) -> Resumable:
    """The model as one that can be resumed; found out once for a module, with three passes over a small picture."""
    with _LOCK:
        if model.module not in _KNOWN:
            _KNOWN[model.module] = _found(model)
        return _KNOWN[model.module]


def _found(model: VisionModel) -> Resumable:
    module = _sharing_copy(model.module)
    pixels = _noise(model)
    with torch.inference_mode(), record_attention(keep_v=False, features=True, model=module) as record:
        module(pixels)
    features = record.features
    calls = tuple(Call(each.path, features[at].path if at in features else "") for at, each in enumerate(record.layers))
    blocks = tuple(dict.fromkeys(call.block for call in calls if call.block))
    for path in (ROOT, *blocks):
        _lead_through(module.get_submodule(path), path)
    whole = Resumable(replace(model, module=module), calls)
    return _checked(whole, blocks, pixels) if blocks else replace(whole, why_whole=NO_BLOCKS, batches=False)


def _checked(found: Resumable, blocks: tuple[str, ...], pixels: Tensor) -> Resumable:
    """Resumed in the middle and at the end it gives what a whole pass gives, or is run as a whole."""
    whole = Pass(keep=(ROOT, *blocks))
    found.run(whole, pixels)
    if any(not isinstance(whole.kept[block], Tensor) for block in blocks):
        return replace(found, why_whole=NOT_ALIKE, batches=False)
    compared = [path for path in (ROOT, blocks[-1]) if isinstance(whole.kept[path], Tensor)]
    batches = True
    for begin in {len(blocks) // 2, len(blocks) - 1}:
        given = {block: whole.kept[block] for block in blocks[:begin]}
        one, two = (Pass(given, repeats, (ROOT, *blocks)) for repeats in (1, 2))
        found.run(one, pixels)
        if any(not torch.equal(one.kept[path], whole.kept[path]) for path in compared):
            return replace(found, why_whole=NOT_ALIKE, batches=False)
        batches = batches and _runs_in_batches(found, two, pixels, {path: whole.kept[path] for path in compared})
    return replace(found, batches=batches)


def _runs_in_batches(found: Resumable, two: Pass, pixels: Tensor, expected: Mapping[str, Tensor]) -> bool:
    try:
        found.run(two, pixels)
    except (RuntimeError, ValueError):
        return False
    return all(_close(two.kept[path], torch.cat([once, once])) for path, once in expected.items())


def _close(found: Tensor, expected: Tensor) -> bool:
    tolerance = 1e-3 if found.dtype == torch.float32 else 5e-2
    return found.shape == expected.shape and torch.allclose(found, expected, rtol=tolerance, atol=tolerance)


def _sharing_copy(module: nn.Module) -> nn.Module:
    """A copy of the module's structure with the same parameters and buffers, not copies of them."""
    shared = {id(tensor): tensor for tensor in chain(module.parameters(), module.buffers())}
    return copy.deepcopy(module, shared)


def _lead_through(module: nn.Module, path: str) -> None:
    """The module asks the running pass, if there is any, what to do in place of its own forward."""
    forward = module.forward

    def asking(*args: Any, **kwargs: Any) -> Any:
        this = _PASS.get()
        return forward(*args, **kwargs) if this is None else this.through(path, forward, args, kwargs)

    module.forward = asking


def _noise(model: VisionModel) -> Tensor:
    """A small picture of noise as the module takes it, (1, 3, height, width)."""
    across = model.across_limits[0]
    grid = PatchGrid(*(model.fixed_grid or (across, across)), model.patch_size)
    noise = torch.rand(1, 3, grid.height, grid.width, generator=torch.Generator().manual_seed(0))
    return noise.to(model.device, model.dtype)
