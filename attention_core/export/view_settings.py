"""How attention over a picture is shown: the settings, and their defaults for page, command line, live view and file alike."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

COMBINE: Final = ("mean", "max")
DIRECTIONS: Final = ("outgoing", "incoming")


@dataclass(frozen=True)
class ViewSettings:
    """Settings as they are where nothing else was asked for.

    Args:
        combine: how heads are shown, "mean", "max" or "one" at a time; then `head` is the one.
        query: "patch", the pinned or hovered one, or "prefix", the first prefix token.
        direction: "outgoing", what the query attends to, or "incoming", what attends to it.
        temperature: what the scores are divided by before the softmax.
        opacity: of the map over the picture, 0 to 1.
        scale, colour_map: of the colours (`colour_maps`).
        grid_lines: whether lines part the patches.
        pin: (row, col) of the patch that is pinned.
    """

    combine: str = "mean"
    head: int = 0
    query: str = "patch"
    direction: str = "outgoing"
    temperature: float = 1.0
    opacity: float = 0.65
    scale: str = "robust"
    colour_map: str = "inferno"
    grid_lines: bool = False
    pin: tuple[int, int] | None = None

    def for_canvas(self) -> dict[str, Any]:
        """The settings in the words of the canvas, without what a subclass adds."""
        names = {"colour_map": "colourMap", "grid_lines": "gridLines"}
        return {names.get(field.name, field.name): getattr(self, field.name) for field in fields(ViewSettings)}


DEFAULT_VIEW: Final = ViewSettings()
