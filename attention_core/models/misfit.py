"""The tensors of a checkpoint that do not fit a model, in one sentence."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from torch import Tensor, nn
from torch.nn.modules.module import register_module_module_registration_hook
from torch.utils.hooks import RemovableHandle

from attention_core.models.weights import WeightsError

MOST_NAMED: Final = 3
GIVE_ITS_OWN: Final = "give those that were saved from it"
_LONGEST_NAME: Final = 80

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Misfit:
    """Shapes of a tensor in the model and in the checkpoint; None if it is absent, () also if its shape is unknown."""

    name: str
    expected: Shape | None
    received: Shape | None

    def __str__(self) -> str:
        name = re.sub(r"[^\w.\-]", "?", self.name)[:_LONGEST_NAME]  # untrusted: a page may take it for markup
        if self.received is None:
            return f"{name} {_written(self.expected)}is missing"
        if self.expected is None:
            return f"{name} {_written(self.received)}is none of its tensors"
        return (
            f"{name} is {_written(self.received) or 'one number '}where {_written(self.expected) or 'one number '}was expected"
        )


def misfit_error(model: str, misfits: Iterable[Misfit], way_out: str = GIVE_ITS_OWN) -> WeightsError:
    """Return an error that names the first few, other shapes before missing tensors, and counts the others."""
    found = sorted(misfits, key=lambda misfit: (misfit.received is None, misfit.expected is None))
    named = [str(misfit) for misfit in found[:MOST_NAMED]]
    if (more := len(found) - len(named)) > 0:
        named.append(f"{more:,} more tensor{'s do' if more > 1 else ' does'} not fit")
    listed = ", ".join(named[:-1]) + (" and " if len(named) > 1 else "") + named[-1] if named else ""
    return WeightsError(f"The weights do not fit {model}{': ' if listed else ''}{listed}; {way_out}.")


def compare(expected: Mapping[str, Tensor], received: Mapping[str, Tensor]) -> list[Misfit]:
    """Return the tensors that have another shape, are missing, or are unknown to the model."""
    shapes = {name: tuple(tensor.shape) for name, tensor in expected.items()}
    given = {name: tuple(tensor.shape) for name, tensor in received.items()}
    names = [*shapes, *(name for name in given if name not in shapes)]
    return [Misfit(name, shapes.get(name), given.get(name)) for name in names if shapes.get(name) != given.get(name)]


@contextmanager
def misfits_of_loading() -> Iterator[Callable[[], list[Misfit]]]:
    """Return the misfits of what a model that is built inside, in this thread, was last given to load.

    A library may rename and resample tensors first, so the checkpoint itself does not tell.
    """
    differing: list[Misfit] = []
    missing: list[str] = []
    here, hooks = threading.get_ident(), dict[nn.Module, RemovableHandle]()

    def look(module: nn.Module, state_dict: Mapping[str, Tensor], prefix: str, *more: Any) -> None:
        nonlocal differing, missing
        if not prefix:  # the whole model, not a part of it
            differing = compare(module.state_dict(), state_dict)
            _metadata, _strict, missing, *_ = more  # torch fills this list later: it can do without some tensors

    def watch(parent: nn.Module, _name: str, _child: nn.Module | None) -> None:
        if threading.get_ident() == here and parent not in hooks:
            hooks[parent] = parent.register_load_state_dict_pre_hook(look)  # type: ignore[no-untyped-call]

    watching = register_module_module_registration_hook(watch)
    try:
        yield lambda: [misfit for misfit in differing if misfit.received is not None or misfit.name in missing]
    finally:
        for hook in (watching, *hooks.values()):
            hook.remove()


def _written(shape: Shape | None) -> str:
    return f"({' × '.join(map(str, shape))}) " if shape else ""
