"""The one place in which attention calls are intercepted: to be seen, to be changed, and to be differentiated.

Torch offers every call of its functions to a `TorchFunctionMode` of the thread, whatever name the function was imported by.
`watching` enters one such mode a thread, however many watchers there are. Watchers are told of a call before it runs, may
change it, and get its output, which they may replace: recording reads, editing writes, and whoever needs gradients keeps the
output as it is, with its graph.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from attention_core.capture.call_signatures import AttentionCall
from attention_core.capture.compiled import EagerWhileWatched
from attention_core.capture.computed import ARITHMETIC, LINEAR, computed_by
from attention_core.capture.explicit_softmax import SOFTMAXES, Softmaxes
from attention_core.capture.patterns import patterns
from attention_core.capture.running_modules import Frame, ModuleHooks, Projected, RunningModules, role_of
from attention_core.capture.seen import SeenWeights, Unseen
from attention_core.capture.watcher import Watch, Watcher

_aten: Final = torch.ops.aten
_is_compiling: Final = torch.compiler.is_compiling
_CALLS: Final = (
    F.scaled_dot_product_attention,
    _aten.scaled_dot_product_attention,
    _aten.scaled_dot_product_attention.default,
    F.multi_head_attention_forward,
)
_CONVOLUTIONS: Final = (F.conv1d, F.conv2d, _aten.conv1d.default, _aten.conv2d.default)
_HIGHER_ORDER: Final = "torch.ops.higher_order"
"""Where torch keeps flex attention, cond and loops: it shows the call of one, and nothing of what is computed inside."""
_INSIDE: Final = "attention, if any, is inside of torch's {name}, which shows nothing of what it computes"
_SCRIPTED: Final = "a scripted module shows nothing of what it computes; record the module that was scripted"
_COMPILED: Final = "While attention is recorded, compiled code runs eagerly: slower, with the same result."


_CURRENT: Final[ContextVar[tuple[Watch, ...]]] = ContextVar("attention_blocks", default=())
"""The blocks of this task: tasks that take turns in one thread share its mode, and do not see each other's calls."""


@contextmanager
def watching(watcher: Watcher, model: nn.Module | None = None) -> Iterator[None]:
    """Tell `watcher` of every attention call that this thread, and in it this task, makes inside the block.

    Attention inside of attention, such as in `F.multi_head_attention_forward`, is one call. While a block is open compiled code
    runs as it was written, in the whole process. Blocks may end in any order.
    """
    entered = _THREAD.mode
    block = Watch(watcher, model, entered.modules.steps)
    with _HOOKS, _EAGER:
        entered.open(block)
        try:
            yield
        finally:
            entered.close(block)


class _Mode(TorchFunctionMode):
    """One thread's. It is entered with the first block and left with the last, in whatever order blocks end.

    Where that last one ends in another thread, as a generator's may, the mode stays and lets everything pass: no thread can
    leave a mode of another's.
    """

    def __init__(self) -> None:
        super().__init__()
        self.modules = RunningModules()
        self.blocks: list[Watch] = []
        self._is_entered = False
        self._softmaxes = Softmaxes()
        self._plain: set[Any] = set()
        self._handlers: dict[Any, Callable[..., Any]] = {
            **dict.fromkeys(_CALLS, self._attention),
            **dict.fromkeys(SOFTMAXES, self._softmax),
            **dict.fromkeys((*LINEAR, *_CONVOLUTIONS), self._projection),
            **dict.fromkeys(ARITHMETIC, self._step),
        }

    def open(self, block: Watch) -> None:
        if not self._is_entered:
            self.__enter__()  # type: ignore[no-untyped-call]
            self._is_entered = True
        self.blocks.append(block)
        _CURRENT.set((*_CURRENT.get(), block))

    def close(self, block: Watch) -> None:
        try:
            if not self.modules.frames:
                self._settle(None, None)
        finally:
            _CURRENT.set(tuple(each for each in _CURRENT.get() if each is not block))
            self.blocks.remove(block)
            if not self.blocks:
                self.modules.frames.clear()
                self._softmaxes.clear()
            if not self.blocks and self is _THREAD.mode:
                self.__exit__(None, None, None)  # type: ignore[no-untyped-call]
                self._is_entered = False

    @property
    def watched_by(self) -> list[Watch]:
        """The blocks of this task, the outermost first."""
        return [block for block in _CURRENT.get() if block in self.blocks]

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if _is_compiling():
            return func(*args, **kwargs)
        if func not in self._plain:
            if (handler := self._handlers.get(func)) is not None:
                return handler(func, args, kwargs)
            self._look_at(func)
        return self._run(func, args, kwargs)

    def _followed(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Outside of modules a softmax is settled as soon as nothing has to be followed."""
        result = self._softmaxes.follow(func, args, kwargs)
        if not self.modules.frames and not self._softmaxes:
            self._settle(None, None)
        return result

    def _look_at(self, func: Any) -> None:
        """Once for a function, unless it may compute attention that is not shown."""
        if getattr(func, "__module__", None) == _HIGHER_ORDER:
            self._miss(_INSIDE.format(name=func.__name__))
        else:
            self._plain.add(func)

    def _attention(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Watchers are told before the call runs, while q and k are in the processor's caches."""
        blocks, frames = self.watched_by, self.modules.frames
        call = AttentionCall(func, args, kwargs, frames[-1].module if frames else None)
        try:
            for block in blocks:
                block.watcher.begins(call, block.where(frames))
        except Exception:
            func(*args, **kwargs)  # what is wrong with its arguments torch says better
            raise
        output = call.run()
        for block in blocks:
            block.watcher.ends(call, output)
        return output

    def _softmax(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result, blocks, frames = func(*args, **kwargs), self.watched_by, self.modules.frames
        copies = any(block.watcher.copies for block in blocks)
        if blocks and self._softmaxes.take(result, args, kwargs, frames[-1] if frames else None, copies):
            candidate = self._softmaxes.open[-1]
            for block in blocks if candidate.axis == -1 else ():
                if (changed := block.watcher.softmaxed(result, block.where(frames))) is not None:
                    result = changed.weights
                    candidate.changes.append((block, changed.told))
            self._softmaxes.add_alias(candidate, result)
        return result

    def _projection(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        tokens = args[0] if args else kwargs.get("input")
        if isinstance(tokens, Tensor) and not tokens.is_nested:
            self.modules.projections.append(Projected(tokens.shape, func in _CONVOLUTIONS))
        return self._run(func, args, kwargs) if func in _CONVOLUTIONS else self._step(func, args, kwargs)

    def _step(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = self._run(func, args, kwargs)
        if self.modules.followed and (step := computed_by(func, args, kwargs, result)) is not None:
            self.modules.computed(step)
        return result

    def _run(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self._followed(func, args, kwargs) if self._softmaxes else func(*args, **kwargs)

    def _miss(self, reason: str) -> None:
        for block in self.watched_by:
            block.watcher.missed(Unseen(block.where(self.modules.frames).path, reason))

    def begun(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """A hook: a module of this thread begins."""
        self.modules.enter(module, args)
        for block in self.blocks:
            block.begun(module)
        role = role_of(module)
        if role == "scripted":
            self._miss(_SCRIPTED)
        elif role == "compiled" and self.watched_by:
            _EAGER.require()
            warnings.warn(_COMPILED, stacklevel=2)

    def ended(self, module: nn.Module, output: Any) -> None:
        """A hook: a module of this thread ends."""
        if self._softmaxes.open and self.modules.frames and self.modules.frames[-1].module is module:
            self._settle(self.modules.frames[-1], output)
        self.modules.leave(module, output)

    def _settle(self, frame: Frame | None, output: Any) -> None:
        """Tell what the softmaxes of a module are, as it ends and still runs for `ModuleNames`."""
        frames = self.modules.frames
        group = list(self._softmaxes.settled(frame, output, frames[-2] if len(frames) > 1 else None))
        blocks = self.watched_by if group else []
        for place, block in enumerate(blocks):
            where = block.where(frames)
            for seen in patterns(group, where.path, blocks[:place]):
                if isinstance(seen, SeenWeights):
                    block.watcher.saw(seen, where)
                else:
                    block.watcher.missed(seen)


class _Thread(threading.local):
    """What a thread has open; every thread gets its own when it first asks."""

    def __init__(self) -> None:
        self.mode = _Mode()


def _begun(module: nn.Module, args: tuple[Any, ...]) -> None:
    if role_of(module) not in ("part", "norm") and (mode := _THREAD.mode).blocks:
        mode.begun(module, args)


def _ended(module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
    if (role := role_of(module)) != "part" and (mode := _THREAD.mode).blocks:
        if role == "norm":
            mode.modules.normed(module, args, output)
        else:
            mode.ended(module, output)


_THREAD: Final = _Thread()
_HOOKS: Final = ModuleHooks(_begun, _ended)
_EAGER: Final = EagerWhileWatched()
