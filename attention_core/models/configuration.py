"""JSON on the hub that tells how weights are used. It is untrusted: reads it, and limits the model that it may describe."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from attention_core.models.weights import WeightsError

MOST_BYTES: Final = 1 << 24
LARGEST: Final = 1 << 24
"""Largest whole number: all are sizes, counts or seeds, and libraries make lists of them before they compare anything."""
MORE_TENSORS: Final = 1000
MORE_IN_BUFFERS: Final = 1 << 26
"""Numbers that a model may compute from its sizes, such as masks of windows."""

_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Positive = Annotated[float, Field(allow_inf_nan=False, gt=0)]


class Normalisation(BaseModel):
    """Mean to subtract from each channel of a picture, and deviation to divide it by."""

    model_config = ConfigDict(frozen=True)

    mean: Annotated[tuple[_Finite, ...], Field(min_length=1)] = (0.5,) * 3
    std: Annotated[tuple[_Positive, ...], Field(min_length=1)] = (0.5,) * 3

    @model_validator(mode="after")
    def _of_the_same_channels(self) -> Normalisation:
        if len(self.mean) != len(self.std):
            raise ValueError(f"expected as many means as deviations, received {len(self.mean)} and {len(self.std)}")
        return self


def read_json(file: Path, repository: str) -> dict[str, Any]:
    """Return the object. Raises WeightsError if it is no JSON object, too long, or has a whole number beyond LARGEST."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError(f"expected at most {MOST_BYTES} bytes")
        said = json.loads(file.read_text("utf-8"), parse_int=_size)
        if not isinstance(said, dict):
            raise ValueError(f"expected an object, received {type(said).__name__}")
        return said
    except (ValueError, RecursionError) as error:
        raise cannot_be_read(file.name, repository) from error


def cannot_be_read(name: str, repository: str) -> WeightsError:
    return WeightsError(f"The {name} of {repository} cannot be read; choose another model.")


def without_memory(build: Callable[[], nn.Module], most: int | None = None) -> nn.Module:
    """Return what `build` makes, with tensors of shapes without numbers. Raises ValueError beyond `most` tensors."""
    here, count = threading.get_ident(), 0

    def count_tensor(*_: object) -> None:
        nonlocal count
        count += threading.get_ident() == here
        if most is not None and count > most:
            raise ValueError(f"expected at most {most} tensors")

    hook = register_module_parameter_registration_hook(count_tensor)
    try:
        with torch.device("meta"):
            return build()
    finally:
        hook.remove()


def most_tensors(weights: Mapping[str, Tensor]) -> int:
    """Return the most tensors of a module for these weights; more would take long to build, even without memory."""
    return MORE_TENSORS + 10 * len(weights)


def is_much_larger(module: nn.Module, weights: Mapping[str, Tensor]) -> bool:
    """True if the module is much larger than its weights."""
    held = count_numbers(weights.values())
    buffers = count_numbers(module.buffers())
    return count_numbers(module.parameters()) > 2 * held or buffers > 2 * held + MORE_IN_BUFFERS


def require_as_large(module: nn.Module, weights: Mapping[str, Tensor], repository: str) -> None:
    """Raise WeightsError if the module is much larger than its weights, before memory is taken for it."""
    if is_much_larger(module, weights):
        numbers = count_numbers([*module.parameters(), *module.buffers()])
        held = count_numbers(weights.values())
        raise WeightsError(f"{repository} describes a model of {numbers:,} numbers and holds {held:,}; choose another model.")


def count_numbers(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.numel() for tensor in tensors)


def _size(text: str) -> int:
    number = int(text) if len(text) < 20 else LARGEST + 1
    if abs(number) > LARGEST:
        raise ValueError(f"expected whole numbers up to {LARGEST}, received {text[:20]}")
    return number
