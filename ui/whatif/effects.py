"""The kind of data "effects": how far the model moves if one head is off, and if more and more heads are off."""

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
"""Row and column of a patch whose own change is measured too."""


@dataclass(frozen=True)
class EffectsAsked:
    """A request. start: True if the heads should be measured now. Otherwise the answer only says how long that would take."""

    place: Place
    start: bool


@dataclass(frozen=True, eq=False)
class Found:
    """All effects of a recording.

    effects: of each head alone. order: all heads as (layer, head), from the smallest effect to the largest. together: how far
    the model moves if the first 1, 2, … heads of this order are off. patch: the place of the patch that was measured too.
    contribution: for each layer, the mean norm of its heads' outputs in the residual stream, or None.
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
    """Return how long the measurement takes, in words.

    The first round switches off one head at a time; it runs in batches from the head's layer on. The second round switches off
    the first 1, 2, … heads together; each step is nearly a whole pass. Both rounds together cost about one recorded pass per
    head (measured for 64 to 256 patches).
    """
    return duration(shown.seconds * _num_heads(shown))


def _num_heads(shown: Recording) -> int:
    return sum(each.layer.num_heads for each in shown.layers)


def measured(work: Work, shown: Recording, place: Place) -> Found:
    """Switch off every head alone, and then more and more heads together."""
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
    """Return (layer, head) from the smallest effect to the largest."""
    places = [(layer, head) for layer in range(len(effect)) for head in range(effect.shape[1])]
    there = [place for place in places if not math.isnan(float(effect[place]))]
    return tuple(sorted(there, key=lambda place: float(effect[place])))


def _contribution(shown: Recording) -> tuple[Tensor | None, ...]:
    """Return, for each attention call, the mean norm of each head's output in the residual stream (H)."""
    if not shown.record.blocks:
        return (None,) * len(shown.record.layers)
    contributions = shown.whole.record.contributions()
    return tuple(None if each is None else each.float().mean((0, 2)) for each in contributions)


def _told(found: Found) -> dict[str, Any]:
    """Return the effects for the browser: values by attention call and head, None if unknown."""
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
    """Cache the effects for this patch. Also cache them without the patch's numbers, for requests that name no patch."""
    keeping.keep_findings(_name(shown, found.patch), found)
    if found.patch is not None:
        keeping.keep_findings(_name(shown, None), replace(found, effects=replace(found.effects, patch=None), patch=None))
    return found


def kept(shown: Recording, place: Place) -> Found | None:
    """Return the cached effects for this patch, or those without a patch; None if there are none."""
    cached = (keeping.kept_findings(_name(shown, each)) for each in dict.fromkeys((place, None)))
    return next((each for each in cached if each is not None), None)


def _name(shown: Recording, place: Place) -> str:
    """Return the cache key of the effects. The recording's own key already names its pass."""
    return f"effects:{shown.key}/{place}"


def _says(work: Work) -> str:
    if not work.done:
        return "Starting…"
    heads, left = work.total // 2, f"about {duration(work.seconds_left)} left in all"
    if work.done <= heads:
        return f"1 of 2. One head off at a time: {work.done} of {heads}, {left}"
    return f"2 of 2. The weakest heads off together: {work.done - heads} of {heads}, {left}"


KINDS: Final = {"effects": Kind(_effects, _read, _measuring, needs_numbers=False)}
