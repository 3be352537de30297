"""Which module of a model is running in this thread, by torch's hooks on all modules, while anybody watches."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

if TYPE_CHECKING:
    from torch.utils.hooks import RemovableHandle


class Projected(NamedTuple):
    """What a linear map or a convolution received: (…, N, C), (B, rows, cols, C), or with the channels first (B, C, …)."""

    shape: torch.Size
    channels_first: bool


@dataclass(eq=False)
class Frame:
    """One running call of a module: what it was called with, and the shapes of what its projections received.

    step: the number of the outermost call that it is inside of, counted from 1 over all that the thread makes.
    """

    module: nn.Module
    args: tuple[Any, ...] = ()
    step: int = 0
    projected: list[Projected] = field(default_factory=list)

    def inputs(self) -> list[Projected]:
        """Shapes of what holds the module's tokens: of what it projects, or where it projects nothing, of what it was given."""
        if self.projected:
            return self.projected
        shapes = (arg.shape for arg in self.args if isinstance(arg, Tensor))
        return [Projected(shape, channels_first) for shape in shapes for channels_first in (True, False)]


class RunningModules:
    """The calls of modules that are running in one thread, the outermost first."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.steps = 0

    def enter(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if not self.frames:
            self.steps += 1
        self.frames.append(Frame(module, args, self.steps))

    def leave(self, module: nn.Module) -> None:
        """The innermost call of the module ends, and all inside it; nothing does where its begin was not seen."""
        for at in range(len(self.frames) - 1, -1, -1):
            if self.frames[at].module is module:
                del self.frames[at:]
                return

    def note(self, projected: Projected) -> None:
        """Tell it to the running modules, as far up as attention may own it."""
        for frame in self.frames[-PROJECTION_DEPTH:]:
            frame.projected.append(projected)


PROJECTION_DEPTH: Final = 4
"""A projection may stand in a layer of its own with a norm, and that in a sequence, inside the module that attends."""


class ModuleNames:
    """Dotted names of modules in the model that runs: in `model` where it is given, else in the outermost running module."""

    def __init__(self, model: nn.Module | None = None) -> None:
        self._names = {} if model is None else _names_in(model)

    def of(self, frames: list[Frame]) -> str:
        """The innermost one's name; the class's own for a module that is no other's part, "" where none runs.

        A module keeps the name that it was first called by.
        """
        if not frames:
            return ""
        module = frames[-1].module
        if module not in self._names:
            self._names = _names_in(frames[0].module) | self._names
        return self._names.setdefault(module, "") or type(module).__name__


def _names_in(root: nn.Module) -> dict[nn.Module, str]:
    """The shortest name of a module that has several; `torch.compile` wraps a module in another, whose name is left out."""
    names, parents = {root: ""}, [root]
    for parent in parents:
        inside = f"{names[parent]}." if names[parent] else ""
        for key, child in parent.named_children():
            if child not in names:
                names[child] = inside.removesuffix(".") if key == "_orig_mod" else inside + key
                parents.append(child)
    return names


class ModuleHooks:
    """Hooks on all modules of the process, there as long as any thread has asked for them."""

    def __init__(self, begun: Callable[..., None], ended: Callable[..., None]) -> None:
        self._hooks = (begun, ended)
        self._lock = threading.Lock()
        self._users = 0
        self._handles: list[RemovableHandle] = []

    def __enter__(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1:
                begun, ended = self._hooks
                self._handles = [
                    register_module_forward_pre_hook(begun),
                    register_module_forward_hook(ended, always_call=True),
                ]

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                for handle in self._handles:
                    handle.remove()
