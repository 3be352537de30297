"""Whoever is told at the door of what happens: recording, editing, and what else may come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from torch import Tensor, nn

from attention_core.capture.call_signatures import AttentionCall
from attention_core.capture.running_modules import Frame, ModuleNames
from attention_core.capture.seen import SeenWeights, Unseen


class Where(NamedTuple):
    """Where in a model something happens: the module's path, in which call of the whole model, from 0, and the call itself."""

    path: str
    step: int
    frame: Frame | None


class Changed(NamedTuple):
    """What a watcher makes of a softmax's result.

    weights: what the model gets. told: how watchers inside of its block are told of it, once it has turned out to be attention.
    """

    weights: Tensor
    told: Callable[[SeenWeights], SeenWeights]


class Watcher(Protocol):
    """Whoever is told of the attention calls of a block, those of outer blocks first. What a method raises stops the model."""

    @property
    def copies(self) -> bool:
        """Whether weights of a softmax must be copied before the model can write into them."""

    def begins(self, call: AttentionCall, where: Where) -> None:
        """A call of torch's attention is about to run; it may be changed in place."""

    def ends(self, call: AttentionCall, output: Any) -> None:
        """It has ended well; output is what the model gets."""

    def softmaxed(self, weights: Tensor, where: Where) -> Changed | None:
        """A softmax has ended that may turn out to be attention; None leaves its result as it is."""

    def saw(self, seen: SeenWeights, where: Where) -> None:
        """What such a softmax turned out to be when its module ended, with what watchers of outer blocks changed."""

    def missed(self, unseen: Unseen) -> None:
        """Attention was noticed that cannot be told as heads × queries × keys."""


class Watch:
    """One `with` block: its watcher, and where it is told that calls are made."""

    def __init__(self, watcher: Watcher, model: nn.Module | None, begun_steps: int) -> None:
        self.watcher = watcher
        self._model = model
        self._names = ModuleNames(model)
        self._first_step = begun_steps + 1
        self._calls_of_model = 0

    def begun(self, module: nn.Module) -> None:
        """Count the calls of the model, where it is known; else all that are outermost count."""
        self._calls_of_model += module is self._model

    def where(self, frames: list[Frame]) -> Where:
        """What runs here, in this block's own names and count of steps."""
        outermost = frames[-1].step - self._first_step if frames else 0
        step = outermost if self._model is None else self._calls_of_model - 1
        return Where(self._names.of(frames), max(0, step), frames[-1] if frames else None)
