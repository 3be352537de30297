"""A map as a figure: what is on it, and where. `figure_png.py` and `figure_svg.py` draw what is laid out here."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image, ImageFont
from torch import Tensor

from attention_core.export.colour_maps import colour_domain
from attention_core.images.patch_grid import PatchGrid

SIZES: Final = (1, 2, 4)
PICTURE_SIDE: Final = 1024
"""Pixels of the longer side of the picture at size 1, at most."""
TEXT: Final = 22
_PAD: Final = 24
_GAP: Final = 14
_BAR: Final = 18
_LINE: Final = 30
_LEAST_WIDTH: Final = 480
"""Of what stands below a narrow picture. These are pixels at size 1."""

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class FigureOptions:
    """How a map is drawn in a PNG, SVG or PDF.

    Args:
        size: 1, 2 or 4. At 1 a patch has the most whole pixels with which the longer side of the picture stays within 1,024
            (37 patches: 27 pixels each, 999 in all); at 2 and 4 everything is twice and four times as large.
        colour_bar: whether the colours and the weights at their ends stand below the picture.
        caption: whether a caption does.
        box: whether the query patch is outlined.

    Raises:
        ValueError: on another size.
    """

    size: int = 1
    colour_bar: bool = False
    caption: bool = False
    box: bool = True

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise ValueError(f"size must be one of {', '.join(map(str, SIZES))}, received {self.size!r}")


@dataclass(frozen=True)
class Drawing:
    """What is on a figure. weights (rows, cols); query: (row, col) of the query patch, if it is one; caption: sentences."""

    picture: Image.Image
    grid: PatchGrid
    weights: Tensor
    query: tuple[int, int] | None
    opacity: float
    scale: str
    colour_map: str
    caption: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """In pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Line:
    """A line of text: the x of its start, middle or end, and the y of its top."""

    text: str
    x: int
    top: int
    anchor: Anchor = "start"


@dataclass(frozen=True)
class Layout:
    """Where everything is, in pixels. unit: of those to one at size 1."""

    width: int
    height: int
    picture: Box
    bar: Box | None
    lines: tuple[Line, ...]
    unit: int


def layout(drawing: Drawing, options: FigureOptions) -> Layout:
    """The picture above, the colour bar with its numbers and the caption below; a bare picture has no margin."""
    unit, grid = options.size, drawing.grid
    side = max(1, PICTURE_SIDE // max(grid.rows, grid.cols)) * unit
    width, height = grid.cols * side, grid.rows * side
    if not (options.colour_bar or options.caption):
        return Layout(width, height, Box(0, 0, width, height), None, (), unit)
    pad, inner = _PAD * unit, max(width, _LEAST_WIDTH * unit)
    picture = Box(pad + (inner - width) // 2, pad, width, height)
    bottom, bar, lines = pad + height, None, []
    if options.colour_bar:
        bar = Box(pad, bottom + _GAP * unit, inner, _BAR * unit)
        bottom = bar.top + bar.height + _GAP * unit // 2
        low, name, high = _words_of_bar(drawing)
        middle, end = pad + inner // 2, pad + inner
        lines += [Line(low, pad, bottom), Line(name, middle, bottom, "middle"), Line(high, end, bottom, "end")]
        bottom += _LINE * unit
    if options.caption:
        bottom += _GAP * unit
        for text in (part for sentence in drawing.caption for part in _wrapped(sentence, inner, unit)):
            lines.append(Line(text, pad, bottom))
            bottom += _LINE * unit
    return Layout(inner + 2 * pad, bottom + pad, picture, bar, tuple(lines), unit)


def font(unit: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own, so that a figure is the same everywhere."""
    return ImageFont.load_default(TEXT * unit)


def length(text: str, unit: int) -> float:
    """In pixels."""
    return font(unit).getlength(text)


def _words_of_bar(drawing: Drawing) -> tuple[str, str, str]:
    """At its low end, its middle and its high end. What lies beyond an end has its colour."""
    low, high = (f"{end:.3g}" for end in colour_domain(drawing.weights, drawing.scale))
    if drawing.scale == "log":
        return f"{low} or less", "weight, log scale", high
    return low, "weight", f"{high} or more" if drawing.scale in ("robust", "balanced") else high


def _wrapped(sentence: str, width: int, unit: int) -> list[str]:
    """Lines no wider than `width`, unless one word is."""
    lines: list[str] = []
    for word in _drawable(sentence).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and length(longer, unit) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _drawable(text: str) -> str:
    """In the letters that Pillow's font has: é becomes e, and what has no such letter a question mark."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).encode("ascii", "replace").decode()
