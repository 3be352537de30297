"""A figure as SVG that stands alone: text as text, pictures as data, and each patch's weight as its title."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape

from PIL import Image

from attention_core.export.figure import TEXT, Box, Drawing, FigureOptions, Layout, layout, length
from attention_core.export.figure_png import EDGE, INK, RIM, colours_of, ramp
from attention_core.images.decoding import as_jpeg

_BASELINE: Final = 0.78
"""Below the top of a line, in text sizes: where Pillow's font has it."""


def svg(drawing: Drawing, options: FigureOptions, title: str, about: Mapping[str, object]) -> str:
    where = layout(drawing, options)
    box = where.picture
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {where.width} {where.height}" '
        f'width="{where.width}" height="{where.height}">',
        f"<title>{escape(title)}</title><metadata>{escape(json.dumps(about))}</metadata>",
    ]
    if where.lines:
        parts.append(f'<rect width="{where.width}" height="{where.height}" fill="#ffffff"/>')
    parts.append(_image(box, "image/jpeg", as_jpeg(_shrunk(drawing.picture, box))))
    colours = _as_png(colours_of(drawing, (box.width, box.height)))
    parts.append(_image(box, "image/png", colours, f' opacity="{drawing.opacity}" style="image-rendering:pixelated"'))
    parts.append(_cells(drawing, box))
    if options.box and drawing.query is not None:
        parts.append(_outline(drawing, where))
    if where.bar is not None:
        parts.append(_image(where.bar, "image/png", _as_png(ramp(drawing.colour_map))))
    return "".join([*parts, _text(where), "</svg>\n"])


def _cells(drawing: Drawing, box: Box) -> str:
    """Nothing to see, but each patch says its place and weight when pointed at, and holds it in full."""
    side = box.width // drawing.grid.cols
    cells = (
        f'<rect x="{box.left + col * side}" y="{box.top + row * side}" width="{side}" height="{side}" data-value="{weight!r}">'
        f"<title>row {row}, column {col}: {weight:.6g}</title></rect>"
        for row, weights in enumerate(drawing.weights.tolist())
        for col, weight in enumerate(weights)
    )
    return f'<g fill="none" pointer-events="all">{"".join(cells)}</g>'


def _outline(drawing: Drawing, where: Layout) -> str:
    side = where.picture.width // drawing.grid.cols
    row, col = drawing.query or (0, 0)
    place = f'x="{where.picture.left + col * side}" y="{where.picture.top + row * side}" width="{side}" height="{side}"'
    return "".join(
        f'<rect {place} fill="none" stroke="{colour}" stroke-width="{wide * where.unit}"/>' for wide, colour in (RIM, EDGE)
    )


def _text(where: Layout) -> str:
    """Each line is as long as it was laid out, whatever sans-serif font it meets."""
    size = TEXT * where.unit
    return "".join(
        f'<text x="{line.x}" y="{line.top + _BASELINE * size:.0f}" text-anchor="{line.anchor}" font-family="sans-serif" '
        f'font-size="{size}" fill="{INK}" textLength="{length(line.text, where.unit):.0f}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(line.text)}</text>"
        for line in where.lines
    )


def _image(box: Box, kind: str, data: bytes, more: str = "") -> str:
    href = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    place = f'x="{box.left}" y="{box.top}" width="{box.width}" height="{box.height}"'
    return f'<image {place} preserveAspectRatio="none"{more} href="{href}"/>'


def _shrunk(picture: Image.Image, box: Box) -> Image.Image:
    """No larger than it is drawn."""
    small = picture.convert("RGB")
    if small.width > box.width:
        small = small.resize((box.width, box.height), Image.Resampling.LANCZOS)
    return small


def _as_png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
