"""What the reader can set at the two pictures. The browser owns it (assets/compare/)."""

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
"""By their names in a link what `cleaned` of the core calls them."""
COMPONENTS: Final = 8
FOREIGN: Final[dict[str, Any]] = {name: setting.default for name, setting in OF_COMPARISON.items() if setting.of}
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
    """The settings of a comparison, by default as the page opens. `OF_COMPARISON` says what each of them is."""

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
    """Return the settings; those that are not said are as at first. Raises ValueError for a setting with no such value."""
    said = asked_of(OF_COMPARISON, asked)
    places = {name: kind(**said[name]) for name, kind in (("pin", Pin), ("box", Box)) if name in said}
    return replace(OPENING, **said | places)
