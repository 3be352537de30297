"""What is changed of a model and its picture: assets/what_if/, assets/heads_to_edit/ and assets/head_effects/ draw it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from attention_core.export.bundler import bundle, text
from ui.components.component import component

_strip = component(
    "regard_what_if_strip",
    html=text("what_if/what_if.html"),
    css=text("what_if/what_if.css"),
    js=bundle("what_if/what_if.js"),
)
_panel = component(
    "regard_what_if_panel",
    html=text("heads_to_edit/heads_to_edit.html"),
    css=text("heads_to_edit/heads_to_edit.css"),
    js=bundle("heads_to_edit/heads_to_edit.js"),
)
_effects = component(
    "regard_head_effects",
    html=text("head_effects/head_effects.html"),
    css=text("head_effects/head_effects.css"),
    js=bundle("head_effects/head_effects.js"),
)


@dataclass(frozen=True)
class Measure:
    """How far the model moves without a head: of what, and by attention call and head; None where it cannot be told."""

    name: str
    title: str
    values: Sequence[Sequence[float | None]]


def what_if_strip(
    key: str, model: str, done: str, said: Sequence[dict[str, Any]], reader: dict[str, Any], on_acts: Callable[[], None]
) -> None:
    """What is changed, with undo, over the comparison of that key. What the reader sets is told as `st.session_state[…].view`.

    model: whose heads they are. done: the changes that the right side has. reader: what the browser has to know of the reader's
    changes.
    """
    data = {"key": key, "model": model, "done": done, "said": list(said), **reader}
    _strip(key=strip_key(key), data=data, on_view_change=on_acts)


def strip_key(key: str) -> str:
    return f"{key}-strip"


def what_if_panel(key: str, calls: Sequence[int], before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> None:
    """Every head to click. calls: of each drawn layer the number of its attention call, by which changes name it.

    before, after: the most probable classes, of a model with a classifier.
    """
    _panel(key=f"{key}-panel", data={"key": key, "calls": list(calls), "before": list(before), "after": list(after)})


def head_effects(
    key: str,
    measures: Sequence[Measure],
    contribution: Sequence[Sequence[float]] | None,
    order: Sequence[tuple[int, int]],
    together: Sequence[float],
    of: str,
) -> None:
    """Every head by its effect, beside its contribution, and how far the model moves where ever more are off.

    contribution: by attention call and head. order: of those that are off together, as (call, head); together: how far `of`
    moves where the first 1, 2, … are.
    """
    data = {
        "key": key,
        "measures": [asdict(measure) for measure in measures],
        "contribution": contribution,
        "order": [list(place) for place in order],
        "together": list(together),
        "of": of,
    }
    _effects(key=f"{key}-effects", data=data)
