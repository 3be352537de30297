"""What a link speaks of and cannot carry: the page says so, and neither patch nor heads of it are on what stands in.

Weights of one's own: test_hub_models.py.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.explorer import parameters, pin, settle, wait_for_map

Open = Callable[..., Page]
PICTURE = ".st-key-unseen-uploader input[type=file]"
ALT = ".regard-explorer .picture"


def picture() -> dict[str, object]:
    buffer = io.BytesIO()
    Image.effect_mandelbrot((320, 320), (-2, -1.5, 1, 1.5), 50).convert("RGB").save(buffer, "PNG")
    return {"name": "mine.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def chosen(page: Page) -> tuple[object, object]:
    """Patch and heads on the map."""
    found = page.evaluate("() => globalThis.regardExplorations.get('explorer').settings")
    return found["pin"], found["heads"]


@pytest.fixture
def foreign(open_page: Open, server: str) -> Page:
    page = open_page(f"{server}/your_image?model=Random+heads&across=12&picture=Yours&pin=3%2C5&heads=1")
    wait_for_map(page)
    return page


def test_a_picture_that_is_not_here_is_said_and_its_patch_and_heads_wait_for_it(foreign: Page) -> None:
    expect(foreign.get_by_text("This page shows “Astronaut” instead. The link's patch and heads are ignored.")).to_be_visible()
    assert chosen(foreign) == (None, None)
    assert (parameters(foreign)["picture"], parameters(foreign)["pin"], parameters(foreign)["heads"]) == (
        ["Yours"],
        ["3,5"],
        ["1"],
    )
    foreign.locator(PICTURE).set_input_files(picture())
    expect(foreign.locator(ALT)).to_have_attribute("alt", "Your picture")
    settle(foreign)
    assert chosen(foreign) == ([3, 5], [1])
    expect(foreign.get_by_text("This page shows “")).to_have_count(0)


def test_what_is_chosen_on_a_stand_in_goes_with_it(foreign: Page) -> None:
    pin(foreign, 7, 8, 12, 12)
    assert chosen(foreign) == ([7, 8], None)
    assert parameters(foreign)["heads"] == ["1"]
    foreign.locator(PICTURE).set_input_files(picture())
    expect(foreign.locator(ALT)).to_have_attribute("alt", "Your picture")
    settle(foreign)
    assert chosen(foreign) == (None, [1])
    assert "pin" not in parameters(foreign)
