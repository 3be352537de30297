"""How attention over a picture is shown: the settings, and their defaults for page, command line, live view and file alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

COMBINE: Final = ("mean", "max")
DIRECTIONS: Final = ("outgoing", "incoming")


@dataclass(frozen=True)
class ViewSettings:
    """Settings as they are where nothing else was asked for.

    Args:
        depth: "layer" for one layer, "rollout" for all of them.
        layer: counted from 0.
        heads: those that are combined; None for all.
        combine: how, "mean" or "max".
        fusion, discard: of a rollout (`AttentionRecord.rollout`); the paper discards nothing.
        query: "patch", the pinned or hovered one, or "prefix", the first prefix token.
        direction: "outgoing", what the query attends to, or "incoming", what attends to it.
        temperature: what the scores are divided by before the softmax.
        opacity: of the map over the picture, 0 to 1.
        scale, colour_map: of the colours (`colour_maps`).
        grid_lines: whether lines part the patches.
        square: whether only the middle square of the picture is looked at.
        pin: (row, col) of the patch that is pinned.
        box: (row, col, rows, cols) of the patches into which heads look.
        looks_from: who looks into it, "outside" for all patches outside of it, "prefix", or "query".
        measure: by which heads are ranked, "standing" for those that stand out in any; over: "query" or "picture", all queries.
        rising, ordered, coloured: the smallest number first; the grid of heads in that order, and in the numbers' colours.
        like: (layer, head) that other heads are compared with.
        key: whose weight is explained, (row, col) of a patch or (token,) of one before the patches; None for the largest.
        against: what its terms are compared with: "alone" for nothing, "mean" for the mean key, "rival" for the strongest.
        moves: what the maps of the depth show: "norm", or how far "attention" or "mlp" moves a patch.
    """

    depth: str = "layer"
    layer: int = 0
    heads: tuple[int, ...] | None = None
    combine: str = "mean"
    fusion: str = "mean"
    discard: float = 0.0
    query: str = "patch"
    direction: str = "outgoing"
    temperature: float = 1.0
    opacity: float = 0.65
    scale: str = "robust"
    colour_map: str = "inferno"
    grid_lines: bool = False
    square: bool = False
    pin: tuple[int, int] | None = None
    box: tuple[int, int, int, int] | None = None
    looks_from: str = "outside"
    measure: str = "standing"
    over: str = "query"
    rising: bool = False
    ordered: bool = False
    coloured: bool = False
    like: tuple[int, int] | None = None
    key: tuple[int, ...] | None = None
    against: str = "alone"
    moves: str = "norm"

    def for_explorer(self) -> dict[str, Any]:
        """The settings in the words of assets/explorer/settings.js."""
        return {EXPLORER_NAMES.get(name, name): value for name, value in asdict(self).items()}


EXPLORER_NAMES: Final = {"colour_map": "map", "grid_lines": "grid", "looks_from": "from"}
"""What a setting is called in the browser and in a link, where that is another name."""
DEFAULT_VIEW: Final = ViewSettings()
