"""What every head is worth: each switched off in turn, in a job of its own, and how many can go together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from attention_core.interventions import effects
from attention_core.interventions.effects import Effects
from attention_core.models.cost import duration
from ui import caches, jobs, keeping
from ui.components.what_if import Measure, head_effects
from ui.recording import Recording
from ui.shared.work import Work
from ui.whatif.state import WHAT_IF, pinned

KIND: Final = "every head's effect"
Place = tuple[int, int] | None
_ASKED: Final = "effects_asked"
_MEASURED: Final = "effects_measured"


@dataclass(frozen=True, eq=False)
class Found:
    """effects: of each head alone. order: all heads, those of the least effect first, as (layer, head); together: how far the
    model moves where the first 1, 2, … of them are off. patch: the place of the one that was pinned. contribution: of each
    layer the mean norm of what its heads write, or None.
    """

    effects: Effects
    order: tuple[tuple[int, int], ...]
    together: Tensor
    patch: tuple[int, int] | None
    contribution: tuple[Tensor | None, ...]


def watch_effects(shown: Recording, place: DeltaGenerator) -> None:
    """The job's progress, wherever on the page the reader is; what it found is kept once it has ended."""
    name = _asked(shown)
    job = jobs.current(KIND, name)
    if job is None:
        return
    if job.result is not None:
        st.session_state[_MEASURED] = (shown.key, job.result.patch)
        _keep(shown, job.result)
        jobs.stop(KIND)
    elif job.running:
        with place.container(key="waiting"):
            jobs.wait(KIND, name, _says)


def show_effects(shown: Recording) -> None:
    """What was found, or the button that has it found."""
    found = _kept(shown, _places(shown))
    job = jobs.current(KIND, _asked(shown))
    if found is not None:
        _show(shown, found)
        return
    heads = sum(each.layer.num_heads for each in shown.layers)
    if shown.large:
        st.markdown("So many patches would take hours for every head: choose a coarser detail.")
    elif job is not None and job.running:
        st.markdown("Every head is switched off in turn; the progress stands at the lower right.")
    else:
        if job is not None and job.error:
            st.warning(job.error)
        st.markdown(
            f"Do heads count equally? Switch off each of the {heads} by itself and see how far that moves the model, beside "
            "how much it writes; then ever more of them together. All is held against the model as it is, on the left: what "
            f"you have changed does not count. It takes at most about {expected(shown)}, as long as {heads} passes over this "
            "picture, and goes on while you look at something else."
        )
        st.button("Switch off every head in turn", type="primary", on_click=start, args=(shown,), key="start-effects")


def expected(shown: Recording) -> str:
    """How long it takes. Each head off, from its layer on and in batches, and the first 1, 2, … off together, which is nearly
    a whole pass each, are in all about as many recorded passes as there are heads (measured for 64 to 256 patches).
    """
    return duration(shown.seconds * sum(each.layer.num_heads for each in shown.layers))


def start(shown: Recording) -> None:
    """For a callback."""
    pin = pinned()
    place = pin if pin is not None and pin[0] < shown.grid.rows and pin[1] < shown.grid.cols else None
    st.session_state[_ASKED] = (shown.key, place)
    jobs.start(KIND, _asked(shown), lambda work: _work(work, shown, place), "The effect of every head")


def _work(work: Work, shown: Recording, place: tuple[int, int] | None) -> Found:
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
    """Layers and heads, those of the least effect first."""
    places = [(layer, head) for layer in range(len(effect)) for head in range(effect.shape[1])]
    there = [place for place in places if not math.isnan(float(effect[place]))]
    return tuple(sorted(there, key=lambda place: float(effect[place])))


def _contribution(shown: Recording) -> tuple[Tensor | None, ...]:
    """Of each attention call (H), the mean over its queries."""
    if not shown.record.blocks:
        return (None,) * len(shown.record.layers)
    found = shown.whole.record.contributions()
    return tuple(None if each is None else each.float().mean((0, 2)) for each in found)


def _show(shown: Recording, found: Found) -> None:
    effect = found.effects
    measures = [Measure("patches", "All patches", _listed(effect.patches))]
    if effect.cls is not None:
        measures.insert(0, Measure("cls", "CLS", _listed(effect.cls)))
    if effect.patch is not None and found.patch is not None:
        measures.append(Measure("patch", f"Patch ({found.patch[0]}, {found.patch[1]})", _listed(effect.patch)))
    if effect.target is not None:
        measures.append(Measure("target", "Most probable class", _listed(effect.target)))
    contribution = None
    if any(each is not None for each in found.contribution):
        contribution = [[] if each is None else each.tolist() for each in found.contribution]
    head_effects(
        WHAT_IF, measures, contribution, found.order, found.together.tolist(), "patches" if effect.cls is None else "CLS"
    )
    again = pinned()
    if again is not None and again != found.patch:
        st.button(f"Again, for patch ({again[0]}, {again[1]}) too", on_click=start, args=(shown,), key="again-effects")


def _listed(values: Tensor) -> list[list[float | None]]:
    return [[None if math.isnan(value) else value for value in row] for row in values.double().tolist()]


def _keep(shown: Recording, found: Found) -> None:
    """For this patch, and less its own numbers for whoever asks for none."""
    keeping.keep_findings(_name(shown, found.patch), found)
    if found.patch is not None:
        keeping.keep_findings(_name(shown, None), replace(found, effects=replace(found.effects, patch=None), patch=None))


def _places(shown: Recording) -> tuple[Place, ...]:
    """The patch that this reader measured last, the one that is pinned, and none."""
    key, measured = st.session_state.get(_MEASURED, ("", None))
    return (measured if key == shown.key else None, pinned(), None)


def _kept(shown: Recording, places: tuple[Place, ...]) -> Found | None:
    """What was found with the first of these patches of which anything was."""
    every = (keeping.kept_findings(_name(shown, place)) for place in places)
    return next((found for found in every if found is not None), None)


def _asked(shown: Recording) -> str:
    """What this reader's job is called, of this recording: not as the recording itself, whose name is that of its pass."""
    key, place = st.session_state.get(_ASKED, ("", None))
    return _name(shown, place if key == shown.key else None)


def _name(shown: Recording, place: Place) -> str:
    return f"effects:{shown.key}/{place}"


def _says(work: Work) -> str:
    if not work.done:
        return "Starting…"
    heads, left = work.total // 2, f"about {duration(work.seconds_left)} left in all"
    if work.done <= heads:
        return f"1 of 2. One head off at a time: {work.done} of {heads}, {left}"
    return f"2 of 2. The weakest heads off together: {work.done - heads} of {heads}, {left}"
