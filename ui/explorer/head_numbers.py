"""What Python measures of every head, once the browser asks for it: in a job of its own, going on whichever tab is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from attention_core.analysis.head_statistics import LayerStatistics
from attention_core.analysis.similar_heads import similar_heads
from attention_core.models.cost import duration
from ui import caches, jobs, keeping
from ui.components.store import ask_for_numbers, keep_contributions, keep_likeness, keep_statistics
from ui.components.told import told
from ui.explorer.state import EXPLORER
from ui.recording import Recording
from ui.shared.work import Work

KIND: Final = "numbers of all heads"
KEPT: Final = "head-numbers"
PATIENCE_SECONDS: Final = 0.5
"""For which the page waits itself: most pictures are measured in that time."""
_WANTED: Final = "heads_to_measure"
_KINDS: Final = ("statistics", "contributions", "likeness")


def send_numbers(shown: Recording, status: DeltaGenerator) -> None:
    """What the browser has asked for, one kind after the other, with progress in `status`; the last thing of a run."""
    ask_for_numbers(shown, EXPLORER, _want)
    wanted = _wanted_of(shown)
    if "statistics" in wanted:
        if (measured := _found(shown, "statistics", _measure, status)) is None:
            return
        keep_statistics(shown, measured, KEPT)
    if "contributions" in wanted and shown.contributes:
        if (norms := _found(shown, "contributions", _write, status)) is None:
            return
        keep_contributions(shown, norms, KEPT)
    if (like := wanted["likeness"]) is not None:
        alike = _found(shown, f"likeness/{like[0]}.{like[1]}", partial(_compare, like=like), status)
        if alike is not None:
            keep_likeness(shown, like, alike, KEPT)


def _found(shown: Recording, what: str, make: Callable[[Work, Recording], Any], status: DeltaGenerator) -> Any:
    """What `make` finds; None while it is at work, whose end runs the page again, or where it failed."""
    name = f"{what}:{shown.key}"
    if (kept := keeping.kept_findings(name)) is not None:
        return kept
    job = jobs.current(KIND, name)
    if job is None or not (job.running or job.result or job.error):
        do = lambda work: keeping.keep_findings(name, make(work, shown))  # noqa: E731
        jobs.start(KIND, name, do, "Numbers of all heads", patience=PATIENCE_SECONDS)
        job = jobs.current(KIND, name)
    if job is not None and job.result is not None:
        jobs.stop(KIND)
        return job.result
    with status:
        if job is not None and job.error:
            st.warning(job.error)
        else:
            jobs.wait(KIND, name, _says, cancels=False)
    return None


def _measure(work: Work, shown: Recording) -> tuple[LayerStatistics, ...]:
    return _of_layers(work, shown, caches.layer_statistics)


def _write(work: Work, shown: Recording) -> tuple[Tensor, ...]:
    """(H, N) of each layer."""
    return _of_layers(work, shown, caches.contributions)


def _of_layers(work: Work, shown: Recording, find: Callable[[str, int, Recording], Any]) -> tuple[Any, ...]:
    """Of every layer; one that was found before the job was broken off is kept."""
    found = []
    for layer in range(len(shown.layers)):
        found.append(find(shown.key, layer, shown))
        work.report(layer + 1, len(shown.layers))
    return tuple(found)


def _compare(work: Work, shown: Recording, like: tuple[int, int]) -> list[Tensor]:
    """How far every head lies from this one, by layer (H)."""

    return similar_heads([each.layer for each in shown.whole.layers], *like, work.report)


def _says(work: Work) -> str:
    if not work.done:
        return "Measuring all heads…"
    return f"Measuring all heads: layer {work.done} of {work.total}, about {duration(work.seconds_left)} left"


def _want() -> None:
    """What the browser misses of a recording, besides what it asked for before; it may say anything."""
    wanted = told(f"{EXPLORER}-numbers", "want")
    if not isinstance(wanted, dict) or wanted.get("what") not in _KINDS:
        return
    recording, before = st.session_state.get(_WANTED, ("", {}))
    kept = before if recording == wanted.get("recording") else {}
    st.session_state[_WANTED] = (wanted.get("recording"), kept | {wanted["what"]: wanted.get("like")})


def _wanted_of(shown: Recording) -> dict[str, Any]:
    """By kind; of a likeness the layer and head that others are compared with, if there is such a head."""
    recording, told_of = st.session_state.get(_WANTED, ("", {}))
    wanted: dict[str, Any] = dict(told_of) if recording == shown.key else {}
    return wanted | {"likeness": _head_of(shown, wanted.get("likeness"))}


def _head_of(shown: Recording, like: object) -> tuple[int, int] | None:
    if not isinstance(like, list | tuple) or [type(number) for number in like] != [int, int]:
        return None
    layer, head = like
    return (layer, head) if layer in range(len(shown.layers)) and head in range(shown.layers[layer].layer.num_heads) else None
