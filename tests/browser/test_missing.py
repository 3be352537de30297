"""What a link speaks of and cannot carry: the page says so, and neither patch nor heads of it are on what stands in."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import timm
import torch
from PIL import Image
from playwright.sync_api import Page, expect
from safetensors.torch import save

from tests.browser.explorer import parameters, pin, settings, settle, wait_for_map
from tests.browser.serving import serve
from tests.browser.waiting import until
from tests.models.conftest import Hub, handler_of

Open = Callable[..., Page]
PICTURE = ".st-key-unseen-uploader input[type=file]"
WEIGHTS = ".st-key-own-weights input[type=file]"
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
    expect(foreign.get_by_text("“Astronaut” stands in for it, without the link's patch and heads.")).to_be_visible()
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
    expect(foreign.get_by_text("stands in for it")).to_have_count(0)


def test_what_is_chosen_on_a_stand_in_goes_with_it(foreign: Page) -> None:
    pin(foreign, 7, 8, 12, 12)
    assert chosen(foreign) == ([7, 8], None)
    assert parameters(foreign)["heads"] == ["1"]
    foreign.locator(PICTURE).set_input_files(picture())
    expect(foreign.locator(ALT)).to_have_attribute("alt", "Your picture")
    settle(foreign)
    assert chosen(foreign) == (None, [1])
    assert "pin" not in parameters(foreign)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """With a hub that has nothing."""
    hub = Hub()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(hub)) as mirror:
        threading.Thread(target=mirror.serve_forever, args=(0.02,), daemon=True).start()
        endpoint = f"http://127.0.0.1:{mirror.server_port}"
        with serve(HF_ENDPOINT=endpoint, HF_HOME=str(tmp_path_factory.mktemp("hf"))) as url:
            yield url
        mirror.shutdown()


def give_weights(page: Page, file: Path) -> None:
    page.locator(".st-key-model-menu button").first.click()
    page.get_by_text("Your own weights", exact=True).click()
    page.locator(WEIGHTS).set_input_files(file)


def test_weights_that_a_reload_loses_are_said_and_come_back_with_patch_and_heads(
    open_page: Open, app: str, tmp_path: Path
) -> None:
    torch.manual_seed(11)
    file = tmp_path / "mine.safetensors"
    file.write_bytes(save(timm.create_model("test_vit", num_classes=0).state_dict()))
    page = open_page(f"{app}/your_image?model=From+the+hub&picture=Cat&across=9")
    wait_for_map(page)
    page.locator(".st-key-model-menu button").first.click()
    page.get_by_role("combobox", name="Model from the hub").fill("test_vit")
    page.keyboard.press("Enter")
    page.get_by_text("Your own weights", exact=True).click()
    page.locator(WEIGHTS).set_input_files(file)
    page.get_by_role("button", name="Load with your weights").click()
    until(page, "() => /weights=[0-9a-f]{8}/.test(location.search)")
    page.keyboard.press("Escape")
    wait_for_map(page)
    pin(page, 2, 4, 6, 9)
    asked = parameters(page)

    page.reload()
    wait_for_map(page)
    says = f"This link is for somebody's own weights of test_vit ({asked['weights'][0]}…), which no link carries."
    expect(page.get_by_text(says)).to_contain_text("DINOv2-small stands in for them, without the link's patch and heads.")
    assert (chosen(page), parameters(page)) == ((None, None), asked)
    give_weights(page, file)
    page.get_by_role("button", name="Load with your weights").click()  # the server let go of them with the session
    expect(page.get_by_text(says)).to_have_count(0)
    settle(page)
    assert (chosen(page)[0], parameters(page)) == ([2, 4], asked)
    assert settings(page)["pin"] == [2, 4]
