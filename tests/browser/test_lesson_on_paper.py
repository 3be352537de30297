"""The lessons on paper, from their own files and from the app: whole, with every number, black on white from a dark screen."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page

from tests.browser.lessons import LESSONS, visit
from tests.browser.matrix import type_into
from tests.browser.standalone import LAPTOP, opened, written
from tests.browser.waiting import frame

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_it_comes_whole_onto_paper(open_page: Open, tmp_path: Path, lesson: str, paper: str) -> None:
    page = opened(open_page("", viewport=LAPTOP, color_scheme="dark"), written(tmp_path, lesson).as_uri())
    name = LESSONS[lesson]
    type_into(page, name, "x1, column 1", "0.4375")
    frame(page)
    numbers = [
        text
        for of in (name, "Y")
        for text in page.locator(f'[data-table="{of}"] td').evaluate_all(
            "cells => cells.map(cell => cell.querySelector('input')?.value ?? cell.innerText.trim())"
        )
    ]
    narration = page.locator(".narration-text").inner_text()
    pdf = page.pdf(format=paper)
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    said = " ".join(" ".join(each.get_textpage().get_text_bounded().split()) for each in document)
    assert "0.438" in numbers and len(numbers) >= 2 * 5 * 4
    for number in numbers:
        assert number in said, number
    words = [
        page.locator("h2").inner_text(),
        narration.split(".")[0][-20:],
        "a lesson of Regard",
        "Mask: None",
    ]
    for text in words + (["W of head 3"] if lesson == "multi_head" else []):
        assert "".join(text.split()) in "".join(said.split()), text
    for hidden in ("1 of 3", "Present", "Undo", "Reset", "Vectors:", "Start over", "Causal", "SVG", "Left out"):
        assert hidden not in said, hidden
    assert len(document) <= 3
    for each in document:
        picture = each.render(scale=1).to_pil().convert("RGB")
        assert picture.getpixel((2, 2)) == (255, 255, 255)
        box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
        assert box is not None
        assert box[0] > 25 and box[2] < picture.width - 25  # points; the margin of 12 mm is 34 wide
    type_into(page, name, "x1, column 1", "2")  # as before


def test_the_app_prints_black_on_white(open_page: Open, server: str) -> None:
    page = open_page("", color_scheme="dark")
    visit(page, server, "self_attention")
    document = pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4")))
    said = " ".join(each.get_textpage().get_text_bounded() for each in document)
    assert "What does each vector take" in said and "soft dictionary" in said and len(document) <= 4
    for hidden in ("Learn", "Take this lesson along", "Undo"):
        assert hidden not in said, hidden
    for each in document:
        picture = each.render(scale=1).to_pil().convert("L")
        assert sum(picture.histogram()[250:]) > 0.8 * picture.width * picture.height
