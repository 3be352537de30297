"""What is changed about heads, as data: said in links and on the command line, and applied to a model that runs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import torch

from attention_core.capture.edit import edit_attention
from attention_core.images.patch_grid import PatchGrid
from attention_core.interventions.resuming import resumable
from attention_core.models import VisionModel

Kind = Literal["off", "mean", "even", "temperature", "inside", "outside"]
Box = tuple[int, int, int, int]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
BOXED: Final = ("inside", "outside")
TEMPERATURES: Final = (0.01, 100.0)
MAX_TEXT: Final = 4096
"""Characters of a link's edits; more were written by nobody."""
_WRITTEN: Final = re.compile(
    r"(?P<layer>\d{1,3})\.(?P<heads>\*|\d{1,3}(?:\+\d{1,3})*):"
    r"(?:(?P<plain>off|mean|even)|t(?P<temperature>\d{1,3}(?:\.\d{1,20})?)|(?P<side>in|out)(?P<box>\d{1,3}(?:,\d{1,3}){3}))",
    re.ASCII,
)
_EXPECTED: Final = "expected edits such as 6.3:off;6.*:even;10.0+2:t0.5;8.1:in3,4,5,6"


@dataclass(frozen=True)
class Edit:
    """A change of some heads of one layer. Raises ValueError where it is not as said here.

    layer: the number of the attention call. heads: their numbers; None means all. temperature: within TEMPERATURES. box: (row,
    col, rows, cols) in patches. kind: "off", the output is 0, as if the heads' slices of W_0 were (Michel et al. 2019, section
    2.3); "mean", it is the mean of the values; "even", all keys that a query may attend to get the same weight; "temperature",
    scores are divided by it before the softmax, sharper below 1 and flatter above; "inside", only patches of the box are
    attended to; "outside", all else is, prefix tokens too.
    """

    layer: int
    heads: tuple[int, ...] | None = None
    kind: Kind = "off"
    temperature: float = 1.0
    box: Box | None = None

    def __post_init__(self) -> None:
        _require_number(self.layer, "layer")
        if self.heads is not None:
            if not isinstance(self.heads, tuple) or not self.heads:
                raise ValueError(f"heads must be a tuple of numbers, such as (0, 2), or None for all, received {self.heads!r}")
            for head in self.heads:
                _require_number(head, "head")
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, received {self.kind!r}")
        _require_temperature(self.temperature)
        if (self.box is not None) != (self.kind in BOXED):
            raise ValueError(f"a box goes with {' and '.join(BOXED)} alone, received kind {self.kind!r} and box {self.box!r}")
        if self.box is not None:
            _require_box(self.box)


def parse_edits(text: str) -> tuple[Edit, ...]:
    """What `written` wrote: edits with a semicolon between, each as layer.heads:change.

    heads: numbers with + between, or * for all. change: off, mean, even, t and a temperature, or in and out with a box's row,
    column, rows and columns. Raises ValueError on any other text.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"{_EXPECTED}, of {MAX_TEXT} characters at most, received {len(text)}")
    return tuple(_parsed(part) for part in text.split(";") if part)


def written(edits: Iterable[Edit]) -> str:
    """The edits as short text for links and the command line; `parse_edits` reads it."""
    return ";".join(f"{edit.layer}.{_heads_written(edit)}:{_change_written(edit)}" for edit in edits)


def _parsed(part: str) -> Edit:
    found = _WRITTEN.fullmatch(part)
    if found is None:
        raise ValueError(f"{_EXPECTED}, received {part[:80]!r}")
    heads = None if found["heads"] == "*" else tuple(dict.fromkeys(int(head) for head in found["heads"].split("+")))
    layer = int(found["layer"])
    if found["temperature"]:
        return Edit(layer, heads, "temperature", float(found["temperature"]))
    if found["side"]:
        row, col, rows, cols = (int(number) for number in found["box"].split(","))
        return Edit(layer, heads, "inside" if found["side"] == "in" else "outside", box=(row, col, rows, cols))
    kind: Kind = next(kind for kind in KINDS if kind == found["plain"])
    return Edit(layer, heads, kind)


def _heads_written(edit: Edit) -> str:
    return "*" if edit.heads is None else "+".join(map(str, edit.heads))


def _change_written(edit: Edit) -> str:
    if edit.kind == "temperature":
        return f"t{edit.temperature!r}".removesuffix(".0")
    if edit.box is not None:
        return f"{edit.kind.removesuffix('side')}{','.join(map(str, edit.box))}"
    return edit.kind


def _require_number(number: int, what: str) -> None:
    if type(number) is not int or not 0 <= number < 1000:
        raise ValueError(f"{what} must be a number from 0 to 999, received {number!r}")


def _require_temperature(temperature: float) -> None:
    low, high = TEMPERATURES
    if not isinstance(temperature, int | float) or not math.isfinite(temperature) or not low <= temperature <= high:
        raise ValueError(f"temperature must be {low:g}–{high:g}, received {temperature!r}")


def _require_box(box: Box) -> None:
    numbers = isinstance(box, tuple) and len(box) == 4 and all(type(number) is int for number in box)
    if not numbers or min(box[:2]) < 0 or min(box[2:]) < 1 or max(box) > 999:
        raise ValueError(f"box must be (row, col, rows, cols) in patches, such as (3, 4, 5, 6), received {box!r}")


@contextmanager
def edited(model: VisionModel, edits: Iterable[Edit], grid: PatchGrid) -> Iterator[None]:
    """Make these edits in every pass of the model, over pictures on that grid, that this thread runs inside the block.

    Raises ValueError where there is no such layer, head or patch, and, while the model runs, where a layer cannot be edited so.
    """
    calls = resumable(model).calls
    with ExitStack() as stack:
        for edit in edits:
            if edit.layer >= len(calls):
                raise ValueError(f"layer must be 0–{len(calls) - 1} of {model.title}, received {edit.layer}")
            stack.enter_context(edit_attention(calls[edit.layer].path, edit.heads, **arguments_of(edit, model, grid)))
        yield


def arguments_of(edit: Edit, model: VisionModel, grid: PatchGrid) -> dict[str, Any]:
    """What `edit_attention` takes for the edit, besides path and heads."""
    if edit.kind == "temperature":
        return {"temperature": edit.temperature}
    if edit.box is None:
        return {"output": edit.kind}
    row, col, rows, cols = edit.box
    if row + rows > grid.rows or col + cols > grid.cols:
        raise ValueError(f"the box {edit.box} leaves the grid of {grid.rows} × {grid.cols} patches; move it inside")
    patches = torch.zeros(grid.rows, grid.cols, dtype=torch.bool)
    patches[row : row + rows, col : col + cols] = True
    inside = torch.cat([torch.zeros(len(model.prefix_tokens), dtype=torch.bool), patches.flatten()])
    return {"keys": inside if edit.kind == "inside" else ~inside}
