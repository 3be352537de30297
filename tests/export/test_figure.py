from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image

from attention_core import PatchGrid
from attention_core.export.attention_map import MAP_FORMATS, AttentionMap, layers_map
from attention_core.export.colour_maps import colour_table, coloured
from attention_core.export.figure import FigureOptions, layout, length

GRID = PatchGrid(3, 7, 16)
PICTURE = Image.effect_mandelbrot((112, 48), (-2, -1, 1, 1), 40).convert("RGB")
ALL = FigureOptions(colour_bar=True, caption=True)
BARE = FigureOptions(box=False)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def shown() -> AttentionMap:
    about: dict[str, object] = {
        "model": "a model <&> of a name that is so very long that it takes several lines of the caption " * 2
    }
    return layers_map(torch.rand(22).softmax(0), PICTURE, GRID, (1, 4), ("CLS",), about)


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


@pytest.mark.parametrize(("grid", "size"), [((37, 37), (999, 999)), ((25, 37), (999, 675)), ((4, 1), (256, 1024))])
@pytest.mark.parametrize("times", [1, 2, 4])
def test_a_patch_has_as_many_whole_pixels_as_fit_into_1024(grid: tuple[int, int], size: tuple[int, int], times: int) -> None:
    rows, cols = grid
    drawn = layers_map(torch.rand(rows * cols), PICTURE, PatchGrid(rows, cols, 14), (0, 0))
    options = FigureOptions(times)
    where = layout(drawn.drawing, options)
    assert (where.width, where.height) == (where.picture.width, where.picture.height) == (size[0] * times, size[1] * times)
    if times == 1:
        assert Image.open(io.BytesIO(drawn.png(options))).size == size


def test_a_bare_picture_is_the_picture_with_the_map_over_it(shown: AttentionMap) -> None:
    drawn = pixels(shown.png(BARE))
    side = drawn.shape[0] // 3
    under = np.asarray(PICTURE.resize((drawn.shape[1], drawn.shape[0]), Image.Resampling.LANCZOS)).astype(float)
    over = np.kron(coloured(shown.patches).numpy().astype(float), np.ones((side, side, 1)))
    assert np.abs(drawn - (0.65 * over + 0.35 * under)).max() <= 2


@pytest.mark.parametrize("times", [1, 2])
def test_the_box_is_a_light_line_inside_a_dark_one_around_the_query_patch(shown: AttentionMap, times: int) -> None:
    bare, boxed = pixels(shown.png(replace(BARE, size=times))), pixels(shown.png(FigureOptions(times)))
    side = bare.shape[0] // 3
    changed = np.argwhere((bare != boxed).any(-1))
    (top, left), (bottom, right) = changed.min(0), changed.max(0)
    rim = 3 * times if times == 1 else 5
    assert (top, left, bottom, right) == (side - rim, 4 * side - rim, 2 * side + rim - 1, 5 * side + rim - 1)
    assert (boxed[top, left:right] == 0).all() and (boxed[side - 1, 4 * side : 5 * side] == 255).all()
    assert (
        boxed[side + 5 * times : 2 * side - 5 * times, 4 * side + 5 * times]
        == bare[side + 5 * times : 2 * side - 5 * times, 4 * side + 5 * times]
    ).all()


@pytest.mark.parametrize(("bar", "words"), list(product([False, True], repeat=2)))
def test_only_the_requested_parts_are_below_the_picture(shown: AttentionMap, bar: bool, words: bool) -> None:
    options = FigureOptions(colour_bar=bar, caption=words)
    where, drawn = layout(shown.drawing, options), pixels(shown.png(options))
    box = where.picture
    inside = drawn[box.top : box.top + box.height, box.left : box.left + box.width]
    np.testing.assert_array_equal(inside, pixels(shown.png()))
    below = drawn[box.top + box.height :]
    texts = [line.text for line in where.lines]
    assert (where.bar is not None) == bar and ("weight" in texts) == bar
    assert (" ".join(texts).endswith("3 by 7 patches.")) == words
    assert (below < 250).any() == (bar or words)
    if where.bar is not None:
        ramp = drawn[where.bar.top + 3, where.bar.left : where.bar.left + where.bar.width]
        np.testing.assert_array_equal(ramp[[0, -1]], colour_table("inferno")[[0, -1]].numpy())
    for line in where.lines:
        ink = drawn[line.top : line.top + 28]
        assert (ink < 60).all(-1).sum() > 30, line.text


@pytest.mark.parametrize(
    ("scale", "ends"),
    [
        ("balanced", ("0", "{high} or more")),
        ("robust", ("0", "{high} or more")),
        ("linear", ("0", "{high}")),
        ("log", ("{low} or less", "{high}")),
    ],
)
def test_the_bar_labels_the_ends_of_its_colours(shown: AttentionMap, scale: str, ends: tuple[str, str]) -> None:
    scaled = replace(shown, scale=scale)
    low, _, high = (line.text for line in layout(scaled.drawing, FigureOptions(colour_bar=True)).lines)
    top = torch.quantile(shown.patches, 0.995) if scale in ("balanced", "robust") else shown.patches.max()
    numbers = {"high": f"{top:.3g}", "low": f"{shown.patches.max() / 1000:.3g}"}
    assert (low, high) == tuple(end.format(**numbers) for end in ends)


@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("grid", [PatchGrid(3, 7, 16), PatchGrid(21, 1, 16)])
def test_no_text_leaves_the_figure_or_meets_another(shown: AttentionMap, grid: PatchGrid, times: int) -> None:
    shown = replace(shown, grid=grid)
    where = layout(shown.drawing, replace(ALL, size=times))
    spans = []
    for line in where.lines:
        long = length(line.text, times)
        left = line.x - {"start": 0, "middle": long / 2, "end": long}[line.anchor]
        spans.append((line.top, left, left + long))
        assert left >= 0 and left + long <= where.width and line.top + 30 * times <= where.height
    for one, other in product(spans, repeat=2):
        assert one is other or abs(one[0] - other[0]) >= 28 * times or one[2] < other[1] or other[2] < one[1]
    assert len(spans) > 5, "the caption takes several lines"


def test_letters_missing_in_the_font_are_replaced(shown: AttentionMap) -> None:
    named = replace(shown, about={"model": "modèle–Ω", "layer": 1})
    assert "modele??, layer 1, temperature 1, 3 by 7 patches." in [
        line.text for line in layout(named.drawing, FigureOptions(caption=True)).lines
    ]


def test_a_map_without_a_query_patch_has_no_box(shown: AttentionMap) -> None:
    of_cls = replace(shown, about={"query": "CLS"})
    assert of_cls.png() == of_cls.png(BARE) and 'stroke="' not in of_cls.svg()


@pytest.mark.parametrize(("bar", "words", "box"), list(product([False, True], repeat=3)))
def test_an_svg_is_self_contained_and_has_the_requested_parts(shown: AttentionMap, bar: bool, words: bool, box: bool) -> None:
    options = FigureOptions(colour_bar=bar, caption=words, box=box)
    text = shown.svg(options)
    root, where = ElementTree.fromstring(text), layout(shown.drawing, options)
    assert (root.get("width"), root.get("height")) == (str(where.width), str(where.height))
    assert [each.text for each in root.iter(f"{SVG}text")] == [line.text for line in where.lines]
    assert len([each for each in root.iter(f"{SVG}rect") if each.get("stroke")]) == (2 if box else 0)
    images = list(root.iter(f"{SVG}image"))
    assert len(images) == (3 if bar else 2)
    assert all(re.match(r"data:image/(png|jpeg);base64,", each.get("href")) for each in images)
    assert re.findall(r"https?:[^\"<]*", text) == ["http://www.w3.org/2000/svg"]


def test_the_svgs_map_is_the_maps_colours(shown: AttentionMap) -> None:
    (colours,) = (each for each in ElementTree.fromstring(shown.svg()).iter(f"{SVG}image") if each.get("opacity"))
    assert colours.get("opacity") == "0.65" and colours.get("style") == "image-rendering:pixelated"
    found = pixels(base64.b64decode(colours.get("href").partition(",")[2]))
    side = found.shape[0] // 3
    np.testing.assert_array_equal(found, np.kron(coloured(shown.patches).numpy(), np.ones((side, side, 1), int)))


@pytest.mark.parametrize("options", [FigureOptions(), replace(ALL, size=2)])
def test_every_patch_of_the_svg_has_its_weight_at_its_place(shown: AttentionMap, options: FigureOptions) -> None:
    where, root = layout(shown.drawing, options).picture, ElementTree.fromstring(shown.svg(options))
    side, found = where.height // 3, {}
    for cell in root.iter(f"{SVG}rect"):
        if cell.get("data-value"):
            assert cell.get("width") == cell.get("height") == str(side)
            place = divmod(int(cell.get("y")) - where.top, side) + divmod(int(cell.get("x")) - where.left, side)
            found[place] = float(cell.get("data-value"))
            assert cell.find(f"{SVG}title").text.startswith(f"row {place[0]}, column {place[2]}: ")
    assert found == {(row, 0, col, 0): shown.patches[row, col].item() for row in range(3) for col in range(7)}
    for line in (each for each in root.iter(f"{SVG}rect") if each.get("stroke")):
        assert [int(line.get(name)) for name in ("x", "y", "width")] == [where.left + 4 * side, where.top + side, side]


def test_a_large_picture_is_reduced_to_its_drawn_size_in_the_svg(shown: AttentionMap) -> None:
    large = replace(shown, picture=PICTURE.resize((1120 * 2, 960)))
    sizes = [Image.open(io.BytesIO(jpeg_of(drawn.svg()))).size for drawn in (shown, large)]
    where = layout(large.drawing, BARE)
    assert sizes == [PICTURE.size, (where.width, where.height)]


def jpeg_of(svg: str) -> bytes:
    found = re.search(r"data:image/jpeg;base64,([^\"]+)", svg)
    assert found
    return base64.b64decode(found[1])


@pytest.mark.parametrize("times", [1, 2])
def test_a_pdf_is_one_page_of_the_png(shown: AttentionMap, times: int) -> None:
    options = replace(ALL, size=times)
    found = shown.pdf(options)
    assert found.startswith(b"%PDF-") and found == shown.pdf(options), "it bears no date"
    jpeg = found[found.index(b"\xff\xd8\xff") :]
    image = np.asarray(Image.open(io.BytesIO(jpeg))).astype(int)
    assert np.abs(image - pixels(shown.png(options))).mean() < 3
    (page,) = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", found)
    at_1 = layout(shown.drawing, ALL)
    assert [float(side) for side in page] == pytest.approx([at_1.width / 2, at_1.height / 2]), "72 points are 144 pixels"


@pytest.mark.parametrize("kind", MAP_FORMATS)
def test_the_ending_decides_the_format_of_a_file(kind: str, shown: AttentionMap, tmp_path: Path) -> None:
    path = shown.save(tmp_path / f"map.{kind.upper()}", ALL)
    whole = MAP_FORMATS[kind].make(shown, ALL)
    assert path.read_bytes() == (whole if isinstance(whole, bytes) else whole.encode())


def test_missing_settings_are_refused(shown: AttentionMap, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="size must be one of 1, 2, 4, received 3"):
        FigureOptions(3)
    with pytest.raises(ValueError, match=r"must end in one of \.png, \.svg, \.pdf, \.csv, \.npz, received map\.gif"):
        shown.save(tmp_path / "map.gif")
