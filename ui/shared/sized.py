"""Memory size of a value in bytes. Most of it is in arrays."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor, nn

from attention_core import VisionModel

_ALONE = (str, bytes, bytearray, int, float, complex, bool, type(None), type)


def nbytes(*values: Any) -> int:
    """Return the bytes of these values and their contents: arrays, pictures, modules, dataclasses, containers.

    Shared contents count once. A model inside another value is not counted, because the cache has its own entry for it.
    """
    models = [value.module for value in values if isinstance(value, VisionModel)]
    return sum(_parts([*values, *models], set()))


def tensors_in(value: Any) -> list[Tensor]:
    """Return every tensor in the value, except those of models."""
    tensors, seen, todo = [], set(), [value]
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Tensor):
            tensors.append(each)
        else:
            todo.extend(_held_by(each))
    return tensors


def _parts(values: Iterable[Any], seen: set[object]) -> Iterable[int]:
    """Yield the bytes of each value that was not seen before. A view counts as the array that it is a view of."""
    for value in values:
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Tensor):
            storage = value.untyped_storage()
            if ("storage", storage.data_ptr()) not in seen:
                seen.add(("storage", storage.data_ptr()))
                yield storage.nbytes()
        elif isinstance(value, np.ndarray):
            yield from _parts([value.base], seen) if isinstance(value.base, np.ndarray | Tensor) else [value.nbytes]
        elif isinstance(value, Image.Image):
            yield value.width * value.height * len(value.getbands())
        else:
            yield sys.getsizeof(value)
            yield from _parts(_held_by(value), seen)


def _held_by(value: Any) -> Iterable[Any]:
    if isinstance(value, (*_ALONE, VisionModel)):
        return ()
    if isinstance(value, nn.Module):
        return (*value.parameters(), *value.buffers())
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if is_dataclass(value):
        return [getattr(value, each.name) for each in fields(value) if hasattr(value, each.name)]
    return vars(value).values() if hasattr(value, "__dict__") else ()
