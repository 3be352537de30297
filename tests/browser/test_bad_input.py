"""A file that is refused costs nothing: one sentence, and the picture on screen stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from attention_core.settings import settings
from tests.browser.conftest import screenshot
from tests.browser.explorer import settle, wait_for_map, weights
from tests.images.bad_images import BAD_IMAGES

Open = Callable[..., Page]
UPLOADER = ".st-key-unseen-uploader input[type=file]"
WEIGHTS = ".st-key-own-weights input[type=file]"


def test_every_bad_file_gets_a_sentence_and_the_picture_stays(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Cat&across=12")
    wait_for_map(page)
    before = weights(page)
    for name, (data, expected) in BAD_IMAGES.items():
        page.locator(UPLOADER).set_input_files({"name": "bad.png", "mimeType": "image/png", "buffer": data})
        alert = page.locator("[data-testid=stAlert]")
        expect(alert, name).to_contain_text(expected)
        expect(alert).to_contain_text("The picture on screen stays.")
        settle(page)
        assert weights(page).equal(before), name
    screenshot(page, "bad-file")


def test_what_is_called_no_picture_and_what_no_server_would_take_get_a_sentence_too(
    open_page: Open, server: str, tmp_path: Path
) -> None:
    """Each takes the place of another sentence; the large one is not sent."""
    page = open_page(f"{server}/your_image?picture=Cat&across=12")
    wait_for_map(page)
    alert = page.get_by_test_id("stAlert")
    other, otherwise = next(each for each in BAD_IMAGES.values() if "not an image" not in each[1])
    for name in ("weights.pth", "notes.txt", "film.mov"):
        page.locator(UPLOADER).set_input_files({"name": name, "mimeType": "", "buffer": b"no picture"})
        expect(alert, name).to_contain_text("This is not an image Regard can read; accepted are PNG, JPEG")
        expect(alert).to_be_visible()
        page.locator(UPLOADER).set_input_files({"name": "bad.png", "mimeType": "image/png", "buffer": other})
        expect(alert).to_contain_text(otherwise)
    page.locator(UPLOADER).set_input_files(large(tmp_path / "huge.png"))
    says = "The file has 450 MB; accepted are PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC up to 25 MB"
    expect(alert).to_contain_text(says)
    expect(page.get_by_test_id("stFileChip").filter(has_text="huge.png")).to_have_count(0)
    assert len(weights(page)) == 97


def test_what_the_uploader_of_weights_refuses_itself_can_be_read(open_page: Open, server: str, tmp_path: Path) -> None:
    page = open_page(f"{server}/your_image?picture=Cat&model=From+the+hub&across=12")
    wait_for_map(page)
    page.locator(".st-key-model-menu button").first.click()
    page.get_by_text("Your own weights", exact=True).click()
    page.locator(WEIGHTS).set_input_files(large(tmp_path / "huge.safetensors"))
    refusal = page.get_by_test_id("stFileChip").get_by_role("alert")
    expect(refusal).to_have_text(f"Error: File must be {settings().weights_megabytes}.0MB or smaller.")
    box = refusal.bounding_box()
    assert box is not None and box["width"] > 100 and box["height"] > 10, "not for screen readers alone"
    expect(refusal).to_have_css("clip", "auto")


def large(path: Path) -> Path:
    """Of more bytes than Streamlit takes, none of them on the disk."""
    with path.open("wb") as file:
        file.truncate((settings().weights_megabytes + 50) * 1_000_000)
    return path
