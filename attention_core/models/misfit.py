"""Which tensors of a checkpoint are not those of a model, in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from torch import Tensor

from attention_core.models.weights import WeightsError

MOST_NAMED: Final = 3
GIVE_ITS_OWN: Final = "give those that were saved from it"
_LONGEST_NAME: Final = 80
_RESHAPED: Final = re.compile(r"size mismatch for (\S+): copying a param with shape torch\.Size\(\[(.*?)\]\).*?\(\[(.*?)\]\)")
_LISTED: Final = re.compile(r"(Missing|Unexpected) key\(s\) in state_dict: (.*)")

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Misfit:
    """A tensor of the model and of the checkpoint: None where there is none of that name; () also where it is not known."""

    name: str
    expected: Shape | None
    received: Shape | None

    def __str__(self) -> str:
        name = re.sub(r"[^\w.\-]", "?", self.name)[:_LONGEST_NAME]  # anybody's words, which a page may take for markup
        if self.received is None:
            return f"{name} {_written(self.expected)}is missing"
        if self.expected is None:
            return f"{name} {_written(self.received)}is none of its tensors"
        return (
            f"{name} is {_written(self.received) or 'one number '}where {_written(self.expected) or 'one number '}was expected"
        )


def misfit_error(model: str, misfits: Iterable[Misfit], way_out: str = GIVE_ITS_OWN) -> WeightsError:
    """Names the first few, those of another shape before those that are missing, and how many more there are."""
    found = sorted(misfits, key=lambda misfit: (misfit.received is None, misfit.expected is None))
    named = [str(misfit) for misfit in found[:MOST_NAMED]]
    if (more := len(found) - len(named)) > 0:
        named.append(f"{more:,} more tensor{'s do' if more > 1 else ' does'} not fit")
    listed = ", ".join(named[:-1]) + (" and " if len(named) > 1 else "") + named[-1] if named else ""
    return WeightsError(f"The weights do not fit {model}{': ' if listed else ''}{listed}; {way_out}.")


def compare(expected: Mapping[str, Tensor], received: Mapping[str, Tensor]) -> list[Misfit]:
    """By name: of another shape, missing, or unknown."""
    shapes = {name: tuple(tensor.shape) for name, tensor in expected.items()}
    given = {name: tuple(tensor.shape) for name, tensor in received.items()}
    names = [*shapes, *(name for name in given if name not in shapes)]
    return [Misfit(name, shapes.get(name), given.get(name)) for name in names if shapes.get(name) != given.get(name)]


def reported(error: Exception, expected: Mapping[str, Tensor], received: Mapping[str, Tensor]) -> list[Misfit]:
    """What torch's `load_state_dict` complains of, after a library has renamed and resampled; all that differs where it did not
    come so far.
    """
    misfits = [Misfit(name, _read(wanted), _read(given)) for name, given, wanted in _RESHAPED.findall(str(error))]
    for kind, names in _LISTED.findall(str(error)):
        for name in re.findall(r'"([^"]*)"', names):
            tensor = (expected if kind == "Missing" else received).get(name)
            shape = () if tensor is None else tuple(tensor.shape)
            misfits.append(Misfit(name, shape, None) if kind == "Missing" else Misfit(name, None, shape))
    return misfits or compare(expected, received)


def _read(shape: str) -> Shape:
    return tuple(int(length) for length in shape.split(",") if length.strip())


def _written(shape: Shape | None) -> str:
    return f"({' × '.join(map(str, shape))}) " if shape else ""
