"""What a data request is answered with, and how a kind of data is described."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from safetensors.numpy import save

from ui.recording import Recording
from ui.shared.work import Work

ARRAYS: Final = "application/octet-stream"


@dataclass(frozen=True)
class Answer:
    """Names and numbers for the browser's store, and 1-D arrays by name.

    beside: an outline of another recording that the reader may ask for from now on, as long as for the one that the request is
    about; the entry gets its "lease". It replaces the one of an earlier answer.
    """

    entry: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    beside: Recording | None = None

    def packed(self) -> bytes:
        """Return a file in the format of safetensors, whose metadata holds the entry as JSON."""
        return save(self.arrays, {"entry": json.dumps(self.entry)})


def download(data: bytes | str, name: str, type: str) -> Answer:
    """Return a file of that name and type for the reader to keep."""
    made = data.encode() if isinstance(data, str) else data
    return Answer({"name": name, "type": type}, {"bytes": np.frombuffer(made, dtype=np.uint8)})


def number(value: float) -> float | None:
    """Return a number as JSON has it; None if it is not finite."""
    return float(value) if math.isfinite(value) else None


@dataclass(frozen=True)
class Task:
    """Work that an answer needs first: its name and what readers call it, what does it, and how far it is."""

    name: str
    what: str
    make: Callable[[Work], Any]
    says: Callable[[Work], str]
    find: Callable[[], Any] = lambda: None
    """Returns the result if it is there already."""


@dataclass(frozen=True)
class Kind:
    """A kind of data that a browser may ask for.

    read: checks what the request says of the leased thing (of a recording an outline); raises ValueError in a sentence, and
    GoneError (ui/data/leases.py) for another lease that has ended. task: what must be done first. answer: takes the thing, what
    `read` returned and the task's result, runs in a thread, and takes less than half a second. needs_numbers: whether it needs
    the whole recording, or an outline and the result are enough. of: what must be leased; None if the answer follows from the
    request alone and needs no lease. newest_only: whether a reader who asks again, for something else, no longer waits for what
    they asked for before.
    """

    answer: Callable[[Any, Any, Any], Answer]
    read: Callable[[Any, Mapping[str, Any]], Any] = lambda _shown, _asked: None
    task: Callable[[Any, Any], Task | None] = lambda _shown, _asked: None
    needs_numbers: bool = True
    of: type | None = Recording
    newest_only: bool = False
