"""Which module of a model is running in this thread, by torch's hooks on all modules, while anybody watches."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from attention_core.capture.computed import Computed

if TYPE_CHECKING:
    from torch.utils.hooks import RemovableHandle


class Projected(NamedTuple):
    """What a linear map or a convolution received: (…, N, C), (B, rows, cols, C), or with the channels first (B, C, …)."""

    shape: torch.Size
    channels_first: bool


Told = Callable[["Frame", Any], None]
"""Whoever is told of a call that has ended, and its output."""


class Frame:
    """One running call of a module, and what it was called with.

    step: the number of the outermost call that it is inside of, counted from 1 over all that the thread makes. before: how many
    projections the outermost call had made when this one began. parent: the call that it is inside of. on_end: who is told as
    it ends; on_norm and on_step: who is told of all norms that end, and of all that is computed, inside of it, where it is the
    outermost.
    """

    __slots__ = ("args", "before", "module", "on_end", "on_norm", "on_step", "parent", "projections", "step")

    def __init__(
        self,
        module: nn.Module,
        args: tuple[Any, ...],
        step: int,
        projections: list[Projected],
        parent: Frame | None = None,
    ) -> None:
        self.module, self.args, self.step, self.parent = module, args, step, parent
        self.projections, self.before = projections, len(projections)
        self.on_end: tuple[Told, ...] = ()
        self.on_norm: tuple[Told, ...] = ()
        self.on_step: tuple[Callable[[Frame, Computed], None], ...] = ()

    @property
    def chain(self) -> list[Frame]:
        """The calls that it is inside of, the outermost first, and itself."""
        frames: list[Frame] = []
        at: Frame | None = self
        while at is not None:
            frames.append(at)
            at = at.parent
        return frames[::-1]

    def inputs(self) -> list[Projected]:
        """Shapes of what holds the module's tokens: of what it projects, or where it projects nothing, of what it was given."""
        if projected := self.projections[self.before :]:
            return projected
        shapes = (arg.shape for arg in self.args if isinstance(arg, Tensor))
        return [Projected(shape, channels_first) for shape in shapes for channels_first in (True, False)]


class RunningModules:
    """The calls of modules that are running in one thread, the outermost first."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.steps = 0
        self.projections: list[Projected] = []
        """What all linear maps and convolutions inside of the outermost call have received so far."""

    def enter(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if not self.frames:
            self.steps += 1
            self.projections = []
        parent = self.frames[-1] if self.frames else None
        self.frames.append(Frame(module, args, self.steps, self.projections, parent))

    def normed(self, norm: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        """A norm has ended inside of the innermost call; whoever waits for norms does so at the outermost."""
        if self.frames:
            for waiting in self.frames[0].on_norm:
                waiting(Frame(norm, args, self.steps, self.projections, self.frames[-1]), output)

    @property
    def followed(self) -> bool:
        """Whether anybody is to be told of what is computed."""
        return bool(self.frames) and bool(self.frames[0].on_step)

    def computed(self, step: Computed) -> None:
        """Something was computed inside of the innermost call."""
        for waiting in self.frames[0].on_step:
            waiting(self.frames[-1], step)

    def leave(self, module: nn.Module, output: Any) -> None:
        """The innermost call of the module ends, and all inside it; nothing does where its begin was not seen."""
        for at in range(len(self.frames) - 1, -1, -1):
            if (frame := self.frames[at]).module is module:
                del self.frames[at:]
                for waiting in frame.on_end:
                    waiting(frame, output)
                return


Role = Literal["part", "norm", "owner", "scripted", "compiled"]
_CONTAINERS: Final = frozenset(("container", "module", "transformer"))


_ROLES: Final[dict[type[nn.Module], Role]] = {}
"""Of the classes seen so far: a model has hundreds of modules, and each is asked twice a pass."""


def role_of(module: nn.Module) -> Role:
    """What to expect of a module, by its class. Linear maps and softmaxes of torch own no attention, and are many; nor do
    norms, whatever library they are from.
    """
    kind = type(module)
    if kind not in _ROLES:
        _ROLES[kind] = _role(kind)
    return _ROLES[kind]


def _role(kind: type[nn.Module]) -> Role:
    package, _, room = kind.__module__.rpartition(".")
    if issubclass(kind, nn.LayerNorm | nn.RMSNorm) or kind.__name__.lower().endswith("rmsnorm"):
        return "norm"
    if package == "torch.nn.modules" and room not in _CONTAINERS and kind is not nn.MultiheadAttention:
        return "part"
    if issubclass(kind, torch.jit.ScriptModule):
        return "scripted"
    return "compiled" if kind.__name__ == "OptimizedModule" else "owner"


class ModuleNames:
    """Dotted names of modules in the model that runs: in `model` where it is given, else in the outermost running module."""

    def __init__(self, model: nn.Module | None = None) -> None:
        self._model = model
        self._names: dict[nn.Module, str] = {}

    def of(self, frames: list[Frame]) -> str:
        """The innermost one's name; the class's own for a module that is no other's part, "" where none runs.

        A module keeps the name that it was first called by, the shortest if it has several.
        """
        if not frames:
            return ""
        module = frames[-1].module
        if module not in self._names:
            name = None if self._model is None else _name_in(self._model, module)
            self._names[module] = (name or _name_along(frames)) or type(module).__name__
        return self._names[module]


def _name_along(frames: list[Frame]) -> str:
    """From the outermost to the innermost by way of those between: a model is large to search, and its parts are not."""
    at, names = frames[0].module, []
    for frame in frames[1:]:
        if (name := _name_in(at, frame.module)) is not None:
            names.append(name)
            at = frame.module
    return ".".join(filter(None, names)) if at is frames[-1].module else ""


def _name_in(root: nn.Module, module: nn.Module) -> str | None:
    """The module's shortest name in `root`; None where it is not inside.

    `torch.compile` wraps a module in another, whose name for it is left out.
    """
    names, parents = {root: ""}, [root]
    for parent in parents:
        if parent is module:
            return names[parent]
        inside = f"{names[parent]}." if names[parent] else ""
        for key, child in parent.named_children():
            if child not in names:
                names[child] = inside.removesuffix(".") if key == "_orig_mod" else inside + key
                parents.append(child)
    return None


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
