"""The kind of data "effects": how far the model moves without each head, and how many heads can go together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from torch import Tensor

from attention_core.interventions import effects
from attention_core.interventions.effects import Effects
from attention_core.models.cost import duration
from ui import caches, keeping
from ui.data.answers import Answer, Kind, Task, number
from ui.data.asked import whole
from ui.recording import Recording
from ui.shared.work import Work

Place = tuple[int, int] | None
"""Row and column of the patch whose own effect is measured too."""


@dataclass(frozen=True)
class EffectsAsked:
    """start: whether heads are measured if nothing is kept; else the answer says how long that would take."""

    place: Place
    start: bool


@dataclass(frozen=True, eq=False)
class Found:
    """effects: of each head alone. order: all heads, those of the least effect first, as (layer, head); together: how far the
    model moves if the first 1, 2, … of them are off. patch: the place of the patch that was measured too. contribution: for
    each layer the mean norm of what its heads write, or None.
    """

    effects: Effects
    order: tuple[tuple[int, int], ...]
    together: Tensor
    patch: Place
    contribution: tuple[Tensor | None, ...]


def _read(shown: Recording, asked: Mapping[str, Any]) -> EffectsAsked:
    place, start = asked.get("patch"), asked.get("start") is True
    if place is None:
        return EffectsAsked(None, start)
    if not isinstance(place, list) or len(place) != 2:
        raise ValueError(f"expected patch to be a row and a column, received {repr(place)[:40]}")
    row, col = ({"patch": each} for each in place)
    return EffectsAsked((whole(row, "patch", shown.grid.rows), whole(col, "patch", shown.grid.cols)), start)


def _measuring(shown: Recording, asked: EffectsAsked) -> Task | None:
    if shown.large or not asked.start:
        return None
    make = lambda work: keep(shown, measured(work, shown, asked.place))  # noqa: E731
    name = _name(shown, asked.place)
    return Task(name, "The effect of every head", make, _says, partial(keeping.kept_findings, name))


def _effects(shown: Recording, asked: EffectsAsked, found: Found | None) -> Answer:
    found = found or kept(shown, asked.place)
    if found is not None:
        return Answer({"found": _told(found)})
    price = {"large": shown.large, "heads": _num_heads(shown), "expected": expected(shown)}
    return Answer({"found": None, "price": price})


def expected(shown: Recording) -> str:
    """Return how long it takes.

    Each head off, from its layer on and in batches, and the first 1, 2, … off together, which is nearly a whole pass each, are
    in all about as many recorded passes as there are heads (measured for 64 to 256 patches).
    """
    return duration(shown.seconds * _num_heads(shown))


def _num_heads(shown: Recording) -> int:
    return sum(each.layer.num_heads for each in shown.layers)


def measured(work: Work, shown: Recording, place: Place) -> Found:
    """Switch off every head in turn, and then ever more of them together."""
    left = caches.outcome(shown.key, shown)
    total = 2 * sum(each.num_heads for each in left.record.layers)
    patch = None if place is None else shown.grid.index(*place)
    target = None if left.logits is None else int(left.logits.argmax())
    work.begin_part()
    each = effects.every_effect(
        shown.model, left, patch, target, on_done=lambda done, _: work.report(done, total), check=work.check
    )
    order = _order(each.main)
    done_before = total - len(order)
    work.begin_part()
    together = effects.greedy(
        shown.model, left, order, on_done=lambda done, _: work.report(done_before + done, total), check=work.check
    )
    return Found(each, order, together, place, _contribution(shown))


def _order(effect: Tensor) -> tuple[tuple[int, int], ...]:
    """Return layers and heads, those of the least effect first."""
    places = [(layer, head) for layer in range(len(effect)) for head in range(effect.shape[1])]
    there = [place for place in places if not math.isnan(float(effect[place]))]
    return tuple(sorted(there, key=lambda place: float(effect[place])))


def _contribution(shown: Recording) -> tuple[Tensor | None, ...]:
    """Return, for each attention call, the mean norm of what its heads write (H)."""
    if not shown.record.blocks:
        return (None,) * len(shown.record.layers)
    found = shown.whole.record.contributions()
    return tuple(None if each is None else each.float().mean((0, 2)) for each in found)


def _told(found: Found) -> dict[str, Any]:
    """Return the effects as the browser draws them: values by attention call and head, None for unknown ones."""
    effect = found.effects
    by_name: dict[str, tuple[str, Tensor | None]] = {
        "cls": ("CLS", effect.cls),
        "patches": ("All patches", effect.patches),
        "patch": (f"Patch {found.patch}", effect.patch),
        "target": ("Most probable class", effect.target),
    }
    contribution = None
    if any(each is not None for each in found.contribution):
        contribution = [[] if each is None else _listed(each) for each in found.contribution]
    return {
        "measures": [
            {"name": name, "title": title, "values": [_listed(row) for row in values]}
            for name, (title, values) in by_name.items()
            if values is not None
        ],
        "contribution": contribution,
        "order": found.order,
        "together": _listed(found.together),
        "of": "patches" if effect.cls is None else "CLS",
        "patch": found.patch,
    }


def _listed(values: Tensor) -> list[float | None]:
    return [number(value) for value in values.double().tolist()]


def keep(shown: Recording, found: Found) -> Found:
    """Keep it for this patch, and without the patch's own numbers for whoever asks for none."""
    keeping.keep_findings(_name(shown, found.patch), found)
    if found.patch is not None:
        keeping.keep_findings(_name(shown, None), replace(found, effects=replace(found.effects, patch=None), patch=None))
    return found


def kept(shown: Recording, place: Place) -> Found | None:
    """Return what somebody has found for this patch, or else without one; None if nobody has."""
    found = (keeping.kept_findings(_name(shown, each)) for each in dict.fromkeys((place, None)))
    return next((each for each in found if each is not None), None)


def _name(shown: Recording, place: Place) -> str:
    """Not the recording's own name, which is that of its pass."""
    return f"effects:{shown.key}/{place}"


def _says(work: Work) -> str:
    if not work.done:
        return "Starting…"
    heads, left = work.total // 2, f"about {duration(work.seconds_left)} left in all"
    if work.done <= heads:
        return f"1 of 2. One head off at a time: {work.done} of {heads}, {left}"
    return f"2 of 2. The weakest heads off together: {work.done - heads} of {heads}, {left}"


KINDS: Final = {"effects": Kind(_effects, _read, _measuring, needs_numbers=False)}
