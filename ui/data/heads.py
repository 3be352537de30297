"""Kinds of data about every head of a recording: what is measured over all queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
from torch import Tensor

from attention_core.analysis.head_statistics import LayerStatistics
from attention_core.analysis.row_measures import ROW_MEASURES
from attention_core.analysis.similar_heads import similar_heads
from attention_core.models.cost import duration
from ui import caches, keeping
from ui.data.answers import Answer, Kind, Task
from ui.data.asked import head_of
from ui.recording import Recording
from ui.shared.work import Work


def why_none(shown: Recording) -> str:
    """Return the name of the text that says why heads are not measured; "" if they are."""
    if not shown.model.plain:
        return "heads_in_windows"
    if shown.large:
        return "too_many_to_measure"
    return "one_head" if sum(each.layer.num_heads for each in shown.layers) < 2 else ""


def _read(shown: Recording, _asked: Mapping[str, Any]) -> None:
    if why_none(shown):
        raise ValueError("the heads of this recording are not measured")


def _read_contributions(shown: Recording, asked: Mapping[str, Any]) -> None:
    _read(shown, asked)
    if not shown.contributes:
        raise ValueError("what the heads of this model write is not known")


def _read_likeness(shown: Recording, asked: Mapping[str, Any]) -> tuple[int, int]:
    _read(shown, asked)
    return head_of(shown, asked)


def _statistics(_shown: Recording, _asked: None, layers: tuple[LayerStatistics, ...]) -> Answer:
    return Answer(arrays={name: np.concatenate([_flat(each.means[name][0]) for each in layers]) for name in ROW_MEASURES})


def _contributions(_shown: Recording, _asked: None, layers: tuple[Tensor, ...]) -> Answer:
    """Norms of what each head writes for every query, (H, N) of each layer, in 16 bits; their means in 32."""
    norms = np.concatenate([caches.in_half(each).ravel() for each in layers])
    return Answer(arrays={"values": norms.view(np.uint16), "means": np.concatenate([_flat(each.mean(-1)) for each in layers])})


def _likeness(_shown: Recording, _asked: tuple[int, int], layers: list[Tensor]) -> Answer:
    """How far every head's pattern lies from that of one."""
    return Answer(arrays={"values": np.concatenate([_flat(each) for each in layers])})


def _flat(values: Tensor) -> np.ndarray:
    flat: np.ndarray = values.float().numpy().ravel()
    return flat


def _measuring(shown: Recording, name: str, measure: Callable[[Work], Any]) -> Task:
    name = f"{name}:{shown.key}"
    make = lambda work: keeping.keep_findings(name, measure(work))  # noqa: E731
    return Task(name, "Numbers of all heads", make, _says, lambda: keeping.kept_findings(name))


def _of_layers(find: Callable[[str, int, Recording], Any], shown: Recording, work: Work) -> tuple[Any, ...]:
    """What `find` returns for every layer. Layers that were measured before the work was broken off are kept."""
    whole, measured = shown.whole, []
    for layer in range(len(shown.layers)):
        measured.append(find(shown.key, layer, whole))
        work.report(layer + 1, len(shown.layers))
    return tuple(measured)


def _measured(kind: str, find: Callable[[str, int, Recording], Any]) -> Callable[[Recording, None], Task]:
    return lambda shown, _asked: _measuring(shown, kind, partial(_of_layers, find, shown))


def _compared(shown: Recording, like: tuple[int, int]) -> Task:
    def compare(work: Work) -> list[Tensor]:
        return similar_heads([each.layer for each in shown.whole.layers], *like, work.report)

    return _measuring(shown, f"likeness/{like[0]}.{like[1]}", compare)


def _says(work: Work) -> str:
    if not work.done:
        return "Measuring all heads…"
    return f"Measuring all heads: layer {work.done} of {work.total}, about {duration(work.seconds_left)} left"


KINDS: Final = {
    "statistics": Kind(_statistics, _read, _measured("statistics", caches.layer_statistics), needs_numbers=False),
    "contributions": Kind(
        _contributions, _read_contributions, _measured("contributions", caches.contributions), needs_numbers=False
    ),
    "likeness": Kind(_likeness, _read_likeness, _compared, needs_numbers=False),
}
