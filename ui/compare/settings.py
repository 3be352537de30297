"""The settings of a comparison. The browser owns them (assets/compare/)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from attention_core.analysis.similarity import How
from attention_core.export.compare_parts import COMPARISON
from attention_core.export.view_settings import OF_COMPARISON
from attention_core.tokens.feature_map import FeatureKind
from ui.data.settings_asked import asked_of

SIDES: Final = ("left", "right")
CLEAN: Final[dict[str, How]] = {"as-is": "as it is", "mean": "mean", "position": "position"}
"""Names in a link, and the core's names for `cleaned`."""
COMPONENTS: Final = 8
FOREIGN: Final[dict[str, Any]] = {name: setting.default for name, setting in OF_COMPARISON.items() if setting.of}
"""Settings that are valid only for the current pictures and models, with the values that they get for other ones."""


@dataclass(frozen=True)
class Pin:
    """A patch of the left picture (side 0) or the right one (side 1)."""

    side: int
    row: int
    col: int


@dataclass(frozen=True)
class Box:
    """A rectangle of patches on one side."""

    side: int
    row: int
    col: int
    rows: int
    cols: int


@dataclass(frozen=True)
class CompareSettings:
    """The settings of a comparison. The defaults are the page's opening settings. `OF_COMPARISON` describes each."""

    show: str = COMPARISON["show"]
    layers: tuple[int, int] = (11, 11)
    locked: bool = COMPARISON["locked"]
    kind: FeatureKind = COMPARISON["kind"]
    clean: str = COMPARISON["clean"]
    asks: str = COMPARISON["asks"]
    pin: Pin | None = COMPARISON["pin"]
    box: Box | None = COMPARISON["box"]
    lines: int = COMPARISON["lines"]
    mutual: bool = COMPARISON["mutual"]
    ratio: float = COMPARISON["ratio"]
    within: str = COMPARISON["within"]
    component: str = COMPARISON["component"]
    foreground: str = COMPARISON["foreground"]
    k: int = COMPARISON["k"]
    difference: bool = COMPARISON["difference"]
    heads: tuple[int, ...] | None = COMPARISON["heads"]
    combine: str = COMPARISON["combine"]
    opacity: float = COMPARISON["opacity"]
    scale: str = COMPARISON["scale"]
    scales: str = COMPARISON["scales"]
    map: str = COMPARISON["map"]

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


def settings_of(asked: object) -> CompareSettings:
    """Return the requested settings, and defaults for the rest. Raises ValueError for an invalid value."""
    settings = asked_of(OF_COMPARISON, asked)
    places = {name: kind(**settings[name]) for name, kind in (("pin", Pin), ("box", Box)) if name in settings}
    return replace(OPENING, **settings | places)
