"""What a map shows, in words that any font has the letters of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from attention_core.export.map_methods import MAP_METHODS, MapMethod
from attention_core.export.view_settings import DEFAULT_VIEW
from attention_core.images.patch_grid import PatchGrid

_SAID = ("query", "model", "layer", "heads", "combine", "direction", "temperature", "method", "fusion", "residual", "discard")


def caption(about: Mapping[str, object], grid: PatchGrid) -> list[str]:
    """Two sentences on a map: who looks where, then model, layer, heads, temperature or the settings of a method, and patches.

    about: as `AttentionMap` has it; what else it holds comes last, by its name.
    """
    facts = [str(about["model"])] if "model" in about else []
    method = MAP_METHODS.get(str(about.get("method")))
    facts += _layer(about) if method is None else [method.title.lower(), *_settings(about)]
    facts.append(f"{grid.rows} by {grid.cols} patches")
    facts += [f"{name} {value}" for name, value in about.items() if name not in _SAID]
    return [f"{_what(about, method)}.", f"{', '.join(facts)}."]


def numbers_in_runs(numbers: Sequence[int]) -> str:
    """Such as "0 to 3, 7"."""
    ordered = sorted(numbers)
    runs = [[number for _, number in run] for _, run in groupby(enumerate(ordered), lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _what(about: Mapping[str, object], method: MapMethod | None) -> str:
    query = about.get("query")
    if query is None:
        return "Attention"
    who = f"patch (row {query[0]}, column {query[1]})" if isinstance(query, list | tuple) else str(query)
    if method is not None:
        return method.caption.format(query=who)
    return f"What looks at {who}" if about.get("direction") == "incoming" else f"Where {who} looks"


def _settings(about: Mapping[str, object]) -> list[str]:
    names = {"fusion": "heads fused by", "residual": "residual", "discard": "discard"}
    return [f"{words} {_plain(about[name])}" for name, words in names.items() if name in about]


def _layer(about: Mapping[str, object]) -> list[str]:
    facts = [f"layer {about['layer']}"] if "layer" in about else []
    heads = about.get("heads")
    if isinstance(heads, list | tuple) and len(heads) == 1:
        facts.append(f"head {heads[0]}")
    elif isinstance(heads, list | tuple):
        how = "largest" if about.get("combine") == "max" else about.get("combine", DEFAULT_VIEW.combine)
        facts.append(f"{how} of heads {numbers_in_runs(heads)}")
    return [*facts, f"temperature {_plain(about.get('temperature', DEFAULT_VIEW.temperature))}"]


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
