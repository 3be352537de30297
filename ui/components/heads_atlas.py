"""All heads of a model, large, and the chart that measures them beside it; assets/heads_atlas/ draws both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from attention_core.export.bundler import bundle, text

_atlas = st.components.v2.component(
    "regard_heads_atlas",
    html=text("heads_atlas/heads_atlas.html"),
    css=text("shared/roles.css") + text("explorer/all_heads.css") + text("heads_atlas/heads_atlas.css"),
    js=bundle("heads_atlas/heads_atlas.js"),
)


@dataclass(frozen=True)
class Measure:
    """name: a field of LayerStatistics. title: of its segment. even: of a head that attends to all tokens alike."""

    name: str
    title: str
    axis: str
    unit: str
    says: str
    even: float


def heads_atlas(
    explorer: str,
    measures: Sequence[Measure],
    chosen: str,
    *,
    key: str,
    on_measure: Callable[[], None],
    on_wanted: Callable[[], None],
) -> None:
    """The heads of what the explorer of that key shows. `keep_statistics` sends the numbers, once they are wanted.

    What the reader chooses of the measures is told as `st.session_state[key].measure`, the recording whose numbers are wanted
    as `.wanted`.
    """
    data: dict[str, Any] = {"key": explorer, "measures": [asdict(measure) for measure in measures], "chosen": chosen}
    _atlas(key=key, data=data, on_measure_change=on_measure, on_wanted_change=on_wanted)
