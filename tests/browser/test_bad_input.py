"""A file that is refused costs nothing: one sentence, and the picture on screen stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from attention_core.images.decoding import MAX_MEGABYTES
from tests.browser.canvas import settle, wait_for_map, weights
from tests.browser.conftest import screenshot
from tests.images.bad_images import BAD_IMAGES

Open = Callable[..., Page]


def test_every_bad_file_gets_a_sentence_and_the_picture_stays(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Cat&across=12")
    wait_for_map(page)
    before = weights(page)
    for name, (data, expected) in BAD_IMAGES.items():
        if len(data) > MAX_MEGABYTES * 1_000_000:
            continue
        page.locator("input[type=file]").set_input_files({"name": "bad.png", "mimeType": "image/png", "buffer": data})
        alert = page.locator("[data-testid=stAlert]")
        expect(alert, name).to_contain_text(expected)
        expect(alert).to_contain_text("The picture on screen stays.")
        settle(page)
        assert weights(page).equal(before), name
    screenshot(page, "bad-file")


@pytest.mark.parametrize("name", ["huge", "text"])
def test_the_uploader_itself_refuses_what_is_too_large_or_no_picture(
    open_page: Open, server: str, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    page = open_page(f"{server}/your_image?picture=Cat&across=12")
    wait_for_map(page)
    path = tmp_path_factory.mktemp("files") / {"huge": "huge.png", "text": "notes.txt"}[name]
    with path.open("wb") as file:
        file.truncate(200_000_000 if name == "huge" else 100)
    page.locator("input[type=file]").set_input_files(path)
    uploader = page.locator("[data-testid=stFileUploader]")
    expect(uploader).to_contain_text({"huge": f"{MAX_MEGABYTES}.0MB or smaller", "text": "not allowed"}[name])
    assert len(weights(page)) == 97
