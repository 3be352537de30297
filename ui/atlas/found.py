"""What an atlas is asked, kept by which atlas it is and what was asked; heavy questions go as the other pages' passes do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from streamlit.delta_generator import DeltaGenerator

from attention_core.atlas import comparing
from attention_core.atlas.comparing import Comparison
from attention_core.atlas.labels import Only
from attention_core.atlas.reading import Atlas, Grid, Spread
from ui import atlases, jobs, keeping
from ui.components.atlas import Place, Shown
from ui.shared.work import Work

SHOWN: Final = 8
THUMBNAIL: Final = 240
"""Pixels on its longer side."""


@dataclass(frozen=True)
class OfHead:
    """What one head does: its spread, and the pictures that it answers to most and least."""

    spread: Spread
    most: tuple[Shown, ...]
    least: tuple[Shown, ...]


def grid(atlas: Atlas, measure: str, only: Only, place: DeltaGenerator) -> Grid:
    """Raises AtlasError, as all of these do."""
    name = _name("grid", atlas, measure, only)
    found: Grid = _found(name, "The grid", lambda _: atlas.grid(measure, only), place)
    return found


def of_head(atlas: Atlas, measure: str, head: Place, only: Only, place: DeltaGenerator) -> OfHead:
    def ask(work: Work) -> OfHead:
        spread = atlas.spread(measure, *head, only)
        answers = [atlas.pictures(measure, *head, most, SHOWN, only) for most in (True, False)]
        shown: dict[str, Shown] = {}
        both = dict(answer for each in answers for answer in each)
        for name, value in both.items():
            shown[name] = Shown(name, value, atlases.thumbnail(atlas, name, THUMBNAIL))
            work.report(len(shown), len(both))
        most, least = (tuple(shown[name] for name, _ in answer) for answer in answers)
        return OfHead(spread, most, least)

    name = _name(f"head/{head[0]}.{head[1]}", atlas, measure, only)
    found: OfHead = _found(name, "What this head does", ask, place, "Picture")
    return found


def comparison(atlas: Atlas, other: Atlas, measure: str, only: Only, place: DeltaGenerator) -> Comparison:
    name = f"{_name('beside', atlas, measure, only)}|{other.identity}"

    def ask(work: Work) -> Comparison:
        return comparing.compare(atlas, other, measure, only, work.report)

    found: Comparison = _found(name, "The comparison", ask, place, "Compared: layer")
    return found


def _name(what: str, atlas: Atlas, measure: str, only: Only) -> str:
    return f"atlas:{what}:{atlas.identity}/{measure}/{only.name}"


def _found(name: str, what: str, do: Callable[[Work], Any], place: DeltaGenerator, says: str = "Reading: step") -> Any:
    found = keeping.kept_findings(name)
    if found is None:
        make = lambda work: keeping.keep_findings(name, do(work))  # noqa: E731
        found = jobs.made(name, what, make, jobs.steps(says), place.empty())
    return found
