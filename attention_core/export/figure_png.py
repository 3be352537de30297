"""A figure in pixels: PNG, and PDF as a page of the same pixels."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageDraw

from attention_core.export.colour_maps import colour_table, coloured
from attention_core.export.figure import Box, Drawing, FigureOptions, Layout, font, layout

INK: Final = "#1a1a1a"
RIM, EDGE = (5, "#000000"), (2, "#ffffff")
"""Around the query patch, (pixels at size 1, colour): a light line inside a dark one, visible on any picture."""
PDF_DPI: Final = 144
"""Of size 1: the picture is at most 18 cm wide on paper, at any size."""
_ANCHORS: Final = {"start": "la", "middle": "ma", "end": "ra"}


def png(drawing: Drawing, options: FigureOptions) -> bytes:
    buffer = io.BytesIO()
    _painted(drawing, options).save(buffer, "PNG")
    return buffer.getvalue()


def pdf(drawing: Drawing, options: FigureOptions, title: str) -> bytes:
    """One page; its text is pixels, too, so size 2 or 4 is for print. It bears no date: the same map gives the same bytes."""
    buffer = io.BytesIO()
    facts = {"title": title, "creationDate": None, "modDate": None}
    look = {"resolution": PDF_DPI * options.size, "quality": 95, "subsampling": 0}
    _painted(drawing, options).save(buffer, "PDF", **look, **facts)
    return buffer.getvalue()


def colours_of(drawing: Drawing, size: tuple[int, int]) -> Image.Image:
    """The map alone, each patch a block of pixels."""
    colours = Image.fromarray(coloured(drawing.weights, drawing.scale, drawing.colour_map).numpy())
    return colours.resize(size, Image.Resampling.NEAREST)


def ramp(colour_map: str) -> Image.Image:
    """All colours of a map from low to high, 256 × 1."""
    return Image.fromarray(colour_table(colour_map)[None].numpy())


def _painted(drawing: Drawing, options: FigureOptions) -> Image.Image:
    where = layout(drawing, options)
    size = (where.picture.width, where.picture.height)
    under = drawing.picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    picture = Image.blend(under, colours_of(drawing, size), drawing.opacity)
    if options.box and drawing.query is not None:
        _outline(picture, drawing, where)
    figure = Image.new("RGB", (where.width, where.height), "white")
    figure.paste(picture, (where.picture.left, where.picture.top))
    if where.bar is not None:
        _paste(figure, ramp(drawing.colour_map), where.bar)
    draw, letters = ImageDraw.Draw(figure), font(where.unit)
    for line in where.lines:
        draw.text((line.x, line.top), line.text, INK, letters, _ANCHORS[line.anchor])
    return figure


def _paste(figure: Image.Image, image: Image.Image, box: Box) -> None:
    figure.paste(image.resize((box.width, box.height), Image.Resampling.NEAREST), (box.left, box.top))


def _outline(picture: Image.Image, drawing: Drawing, where: Layout) -> None:
    side = where.picture.width // drawing.grid.cols
    row, col = drawing.query or (0, 0)
    for width, colour in (RIM, EDGE):
        wide = width * where.unit
        out = (wide + 1) // 2
        corners = (col * side - out, row * side - out, (col + 1) * side + out - 1, (row + 1) * side + out - 1)
        ImageDraw.Draw(picture).rectangle(corners, outline=colour, width=wide)
