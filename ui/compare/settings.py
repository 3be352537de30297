"""What the reader can set at the two pictures. The browser owns it (assets/compare/)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from attention_core.analysis.similarity import How
from attention_core.export.view_settings import DEFAULT_VIEW
from attention_core.tokens.feature_map import FeatureKind

SIDES: Final = ("left", "right")
CLEAN: Final[dict[str, How]] = {"as-is": "as it is", "mean": "mean", "position": "position"}
"""By their names in a link what `cleaned` of the core calls them."""
COMPONENTS: Final = 8
FOREIGN: Final[dict[str, Any]] = {"pin": None, "box": None, "heads": None, "within": "all"}
"""Settings that belong to the present pictures and models, with their values for other ones."""


@dataclass(frozen=True)
class Pin:
    """A patch of the left picture, side 0, or of the right."""

    side: int
    row: int
    col: int


@dataclass(frozen=True)
class Box:
    """Patches of a side that lie together."""

    side: int
    row: int
    col: int
    rows: int
    cols: int


@dataclass(frozen=True)
class CompareSettings:
    """Settings as they are where nothing else was asked for, by their names in the browser and in the link.

    show: what is drawn. layers: of the left and the right picture; locked: whether they change together. kind: of what
    similarity, components and segments are made; clean: what is taken out of it first. asks: whether the other picture shows
    what resembles the patch itself ("match") or its own map for the patch in the same place. lines: how many matches are drawn,
    at most; mutual, ratio: the tests that they pass; within: where they begin. component, foreground: of the components; k: how
    many segments.
    """

    show: str = "similarity"
    layers: tuple[int, int] = (11, 11)
    locked: bool = True
    kind: FeatureKind = "features"
    clean: str = "as-is"
    asks: str = "match"
    pin: Pin | None = None
    box: Box | None = None
    lines: int = 0
    mutual: bool = True
    ratio: float = 1.0
    within: str = "all"
    component: str = "rgb"
    foreground: str = "off"
    k: int = 5
    difference: bool = False
    heads: tuple[int, ...] | None = None
    combine: str = "mean"
    opacity: float = DEFAULT_VIEW.opacity
    scale: str = DEFAULT_VIEW.scale
    map: str = DEFAULT_VIEW.colour_map

    def for_browser(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def wants_matches(self) -> bool:
        return self.lines > 0

    @property
    def wants_components(self) -> bool:
        return self.show == "pca" or self.within == "foreground"

    @property
    def wants_segments(self) -> bool:
        return self.show == "segments" or self.within.startswith("segment-")


OPENING: Final = CompareSettings()
