"""The main job, end to end: a picture is uploaded, a patch is pointed at, and the numbers on screen are torch's."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, expect
from torch import Tensor

from attention_core import LayerRecord, PatchGrid, VisionModel, load_image, load_model
from tests.browser.canvas import (
    centre,
    choose,
    fact,
    hover,
    parameters,
    pin,
    query_name,
    settle,
    slide,
    top,
    wait_for_map,
    weights,
)
from tests.browser.conftest import screenshot
from tests.browser.serving import ROOT
from tests.browser.waiting import frame, rest, until

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def model() -> VisionModel:
    return load_model("dinov2-small")


@pytest.fixture(scope="module")
def photograph() -> bytes:
    """A picture of our own making that no cache has seen: two bundled photographs side by side, 900 × 420."""
    picture = Image.new("RGB", (900, 420))
    for left, name in ((0, "cat"), (450, "coffee")):
        picture.paste(Image.open(ROOT / f"assets/photos/{name}.jpg").resize((450, 420)), (left, 0))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def upload(page: Page, data: bytes, name: str = "mine.png", mime: str = "image/png") -> None:
    """Hand the file over; a picture has become the one on the map when it returns."""
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": mime, "buffer": data})
    if name != "bad.png":
        expect(page.locator(".regard-canvas .picture")).to_have_attribute("alt", "Your picture")
    settle(page)


def record(model: VisionModel, data: bytes, layer: int, across: int = 37) -> tuple[LayerRecord, PatchGrid]:
    recorded, grid = model.record(load_image(data), across)
    return recorded.layers[layer], grid


def row(layer: LayerRecord, token: int, temperature: float = 1.0) -> Tensor:
    """(H, N)"""
    return layer.rows([token], temperature)[0, :, 0]


def test_an_uploaded_photograph_shows_the_models_own_weights(
    open_page: Open, server: str, model: VisionModel, photograph: bytes
) -> None:
    page = open_page(f"{server}/your_image")
    wait_for_map(page)
    upload(page, photograph)
    layer, grid = record(model, photograph, layer=10)
    assert (grid.rows, grid.cols) == (17, 37)
    for r, c in ((0, 0), (8, 10), (16, 36), (4, 30)):
        hover(page, r, c, grid.rows, grid.cols)
        assert query_name(page) == f"Patch (row {r}, column {c})"
        expected = row(layer, 1 + grid.index(r, c)).mean(0)
        shown = weights(page)
        torch.testing.assert_close(shown, expected, atol=1e-6, rtol=1e-4)
        assert abs(float(shown.sum()) - 1) < 1e-5
    assert page.url.startswith(f"{server}/your_image")
    screenshot(page, "uploaded")


def test_the_readout_agrees_with_torch(open_page: Open, server: str, model: VisionModel) -> None:
    page = open_page(f"{server}/your_image?picture=Rocket&layer=7")
    wait_for_map(page)
    layer, grid = record(model, (ROOT / "assets/photos/rocket.jpg").read_bytes(), layer=7)
    hover(page, 20, 17, grid.rows, grid.cols)
    expected = row(layer, 1 + grid.index(20, 17)).mean(0).double()
    patches = expected[1:]
    for (place, weight), index in zip(top(page), patches.topk(5).indices.tolist(), strict=True):
        assert place == "{}, {}".format(*grid.position(index))
        assert weight == pytest.approx(float(patches[index]), rel=1e-4)
    assert fact(page, "Entropy") == pytest.approx(float(-(expected * expected.log2()).sum()), abs=1e-4)
    assert fact(page, "Entropy at most") == pytest.approx(np.log2(len(expected)))
    assert fact(page, "Share of CLS") == pytest.approx(float(expected[0]), rel=1e-4)
    assert fact(page, "Under the pointer") == pytest.approx(float(patches[grid.index(20, 17)]), rel=1e-4)
    assert float(page.locator(".legend .low").get_attribute("data-value")) == 0
    high = float(page.locator(".legend .high").get_attribute("data-value"))
    assert high == pytest.approx(float(torch.quantile(patches, 0.995)), rel=1e-4)


def test_heads_temperature_direction_and_cls_agree_with_torch(open_page: Open, server: str, model: VisionModel) -> None:
    page = open_page(f"{server}/your_image?picture=Cat&layer=3&across=12")
    wait_for_map(page)
    layer, grid = record(model, (ROOT / "assets/photos/cat.jpg").read_bytes(), layer=3, across=12)
    token = 1 + grid.index(2, 5)
    pin(page, 2, 5, grid.rows, grid.cols)
    for head in ("1", "4"):
        choose(page, "Heads", head)
    some = row(layer, token)[[0, 2, 3, 5]]
    torch.testing.assert_close(weights(page), some.mean(0), atol=1e-6, rtol=1e-4)
    choose(page, "Shown as", "Max")
    torch.testing.assert_close(weights(page), some.amax(0), atol=1e-6, rtol=1e-4)
    choose(page, "Shown as", "Mean")
    choose(page, "Direction", "Looked at by")
    column = layer.columns([token])[0, [0, 2, 3, 5], :, 0].mean(0)
    torch.testing.assert_close(weights(page), column, atol=1e-6, rtol=1e-4)
    assert fact(page, "Received in total") == pytest.approx(float(column.sum()), rel=1e-4)
    choose(page, "Query", "CLS")
    torch.testing.assert_close(weights(page), layer.columns([0])[0, [0, 2, 3, 5], :, 0].mean(0), atol=1e-6, rtol=1e-4)
    choose(page, "Direction", "Looks at")
    page.get_by_text("More", exact=True).click()
    slide(page, "Temperature", -5)
    torch.testing.assert_close(weights(page), row(layer, 0, 0.5)[[0, 2, 3, 5]].mean(0), atol=1e-6, rtol=1e-4)


def test_the_untrained_models_agree_with_torch(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Cat&model=Raw+patches&patch=20&across=15")
    wait_for_map(page)
    data = (ROOT / "assets/photos/cat.jpg").read_bytes()
    layer, grid = record(load_model("raw-patches", patch_size=20), data, 0, across=15)
    hover(page, 3, 3, grid.rows, grid.cols)
    torch.testing.assert_close(weights(page), row(layer, grid.index(3, 3))[0], atol=1e-6, rtol=1e-3)
    choose(page, "Model", "Random heads")
    layer, grid = record(load_model("random-heads", patch_size=20), data, 0, across=15)
    hover(page, 3, 4, grid.rows, grid.cols)
    torch.testing.assert_close(weights(page), row(layer, grid.index(3, 4)).mean(0), atol=1e-6, rtol=1e-3)


def test_the_notes_example_is_64_patches_each_asking_the_other_63(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Rocket")
    wait_for_map(page)
    page.get_by_role("button", name="Example: 64 patches").click()
    settle(page)
    expect(page.get_by_text("All 64 × 64 weights")).to_be_visible()
    assert len(weights(page)) == 64
    screenshot(page, "notes-example")
    page.get_by_role("button", name="Reset", exact=True).click()
    settle(page)
    until(page, "() => location.search === ''")
    assert len(weights(page)) == 1 + 37 * 37


def test_a_pin_stays_and_the_arrow_keys_move_it(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Rocket")
    wait_for_map(page)
    pin(page, 10, 12, 25, 37)
    hover(page, 3, 3, 25, 37)
    assert query_name(page) == "Patch (row 10, column 12)"
    assert fact(page, "Under the pointer") == pytest.approx(float(weights(page)[1 + 3 * 37 + 3]), rel=1e-6)
    page.locator(".map").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    until(page, "() => location.search.includes('pin=12%2C13')")
    settle(page)
    assert query_name(page) == "Patch (row 12, column 13)"
    page.keyboard.press("Escape")
    until(page, "() => !location.search.includes('pin')")
    hover(page, 4, 4, 25, 37)
    assert query_name(page) == "Patch (row 4, column 4)"


def test_a_link_restores_everything(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image")
    wait_for_map(page)
    choose(page, "Picture", "Coffee")
    slide(page, "Layer", -3)
    choose(page, "Heads", "5")
    pin(page, 6, 9, 25, 37)
    page.locator(".heads button").nth(2).click()
    until(page, "() => location.search.includes('combine')")
    settle(page)
    page.get_by_text("More", exact=True).click()
    choose(page, "Colour scale", "Log")
    until(page, "() => location.search.includes('scale=Log')")
    settle(page)
    before = weights(page)
    again = open_page(page.url)
    wait_for_map(again)
    assert parameters(again) == parameters(page)
    assert query_name(again) == "Patch (row 6, column 9)"
    expect(again.locator(".scale-name")).to_have_text("log")
    torch.testing.assert_close(weights(again), before, atol=0, rtol=0)


@pytest.mark.parametrize(
    "search",
    [
        "pin=99%2C99",
        "pin=-1%2C2",
        "pin=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "layer=77&across=9999&patch=-3&opacity=NaN&temperature=1e999",
        "model=evil&picture=..%2F..%2Fetc%2Fpasswd&heads=9&heads=x&head=%F0%9D%9F%97",
        "model=Random+heads&num_heads=100000&head_dim=-1&seed=1e9",
    ],
)
def test_a_hostile_link_falls_back_to_the_defaults(open_page: Open, server: str, search: str) -> None:
    page = open_page(f"{server}/your_image?{search}")
    wait_for_map(page)
    assert query_name(page).startswith("Patch (row ")
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def test_hovering_asks_the_server_for_nothing(open_page: Open, server: str) -> None:
    sent: list[str] = []

    def count(page: Page) -> None:
        page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append("frame")))
        page.on("request", lambda request: sent.append(request.url))

    page = open_page(f"{server}/your_image", prepare=count)
    wait_for_map(page)
    rest(page, 1500)
    assert sent, "the counter must see the traffic of the start"
    sent.clear()
    names = set()
    for step in range(60):
        hover(page, step % 37, (7 * step) % 37, 37, 37)
        names.add(query_name(page))
    rest(page, 300)
    assert len(names) > 30
    assert sent == []


def test_a_finger_looks_around_and_a_tap_pins(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Rocket", viewport={"width": 390, "height": 844}, has_touch=True)
    wait_for_map(page)
    x0, y0 = centre(page, 5, 5, 25, 37)
    x1, y1 = centre(page, 12, 20, 25, 37)
    touch = page.context.new_cdp_session(page)

    def finger(kind: str, *points: tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})
        frame(page)

    finger("touchStart", (x0, y0))
    assert query_name(page) == "Patch (row 5, column 5)"
    finger("touchMove", (x1, y1))
    assert query_name(page) == "Patch (row 12, column 20)"
    finger("touchEnd")
    assert "pin" not in parameters(page)
    finger("touchStart", (x0, y0))
    rest(page, 1000)  # a long touch, of which no browser makes a click
    finger("touchEnd")
    until(page, "() => location.search.includes('pin=5%2C5')")
    page.touchscreen.tap(x0, y0)
    until(page, "() => !location.search.includes('pin')")
    page.touchscreen.tap(x0, y0)
    until(page, "() => location.search.includes('pin=5%2C5')")
    page.touchscreen.tap(x0, y0)
    until(page, "() => !location.search.includes('pin')")


def test_an_uploaded_picture_survives_a_reload_but_not_in_another_tab(open_page: Open, server: str, photograph: bytes) -> None:
    page = open_page(f"{server}/your_image")
    wait_for_map(page)
    upload(page, photograph)
    choose(page, "Shown as", "Max")
    pin(page, 3, 30, 17, 37)
    before = weights(page)
    page.reload()
    expect(page.get_by_text("mine.png")).to_be_visible()
    wait_for_map(page)
    expect(page.get_by_text("only in the tab in which you opened it")).to_have_count(0)
    assert query_name(page) == "Patch (row 3, column 30)"
    torch.testing.assert_close(weights(page), before, atol=0, rtol=0)
    choose(page, "Shown as", "Mean")
    assert parameters(page) == {"picture": ["Yours"], "pin": ["3,30"]}
    other = open_page(page.url)
    wait_for_map(other)
    expect(other.get_by_text("only in the tab in which you opened it")).to_be_visible()


def test_a_refused_file_does_not_replace_the_picture_that_comes_back(open_page: Open, server: str, photograph: bytes) -> None:
    page = open_page(f"{server}/your_image")
    wait_for_map(page)
    upload(page, photograph)
    before = weights(page)
    upload(page, b"no picture", name="bad.png")
    expect(page.locator("[data-testid=stAlert]")).to_contain_text("The picture on screen stays.")
    page.reload()
    expect(page.get_by_text("mine.png")).to_be_visible()
    wait_for_map(page)
    torch.testing.assert_close(weights(page), before, atol=0, rtol=0)
    upload(page, b"no picture", name="bad.png")
    expect(page.locator("[data-testid=stAlert]")).to_be_visible()
    choose(page, "Picture", "Cat")
    expect(page.locator("[data-testid=stAlert]")).to_have_count(0)


KEPT = """() => new Promise(resolve => {
  indexedDB.open("regard", 1).onsuccess = opened => {
    const uploads = opened.target.result.transaction("uploads").objectStore("uploads");
    uploads.count().onsuccess = counted => resolve(counted.target.result);
  };
})"""
"""How many pictures the browser keeps."""


def test_one_picture_after_another_is_the_picture(open_page: Open, server: str, photograph: bytes) -> None:
    page = open_page(f"{server}/your_image?across=12")
    wait_for_map(page)
    upload(page, (ROOT / "assets/photos/cat.jpg").read_bytes(), name="first.jpg", mime="image/jpeg")
    before = len(weights(page))
    upload(page, photograph, name="second.png")
    expect(page.get_by_text("second.png")).to_be_visible()
    settle(page)
    assert len(weights(page)) != before
    expect(page.locator("[aria-label='Picture'] [aria-checked=true]")).to_have_text("Yours")
    assert "picture=Yours" in page.url


def test_a_picture_that_is_taken_away_is_forgotten(open_page: Open, server: str, photograph: bytes) -> None:
    page = open_page(f"{server}/your_image?across=12")
    wait_for_map(page)
    upload(page, photograph)
    upload(page, b"no picture", name="bad.png")
    page.get_by_role("button", name="Remove bad.png").click()
    settle(page)
    expect(page.locator(".regard-canvas .picture")).to_have_attribute("alt", "Your picture")
    upload(page, photograph, name="again.png")
    page.get_by_role("button", name="Remove again.png").click()
    expect(page.locator(".regard-canvas .picture")).not_to_have_attribute("alt", "Your picture")
    expect(page.get_by_text("Yours", exact=True)).to_have_count(0)
    settle(page)
    page.goto(f"{server}/your_image?across=12&picture=Yours")
    wait_for_map(page)
    expect(page.get_by_text("only in the tab in which you opened it")).to_be_visible()
    assert page.evaluate(KEPT) == 0


def test_reset_brings_the_heads_back(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Cat&across=12&heads=3")
    wait_for_map(page)
    page.get_by_role("button", name="Reset", exact=True).click()
    settle(page)
    until(page, "() => location.search === ''")
    expect(page.locator("[aria-label='Heads'] button[aria-pressed=true]")).to_have_count(6)


@pytest.mark.parametrize("where", ["body", "[data-testid=stFileUploader] button"])
def test_a_pasted_picture_is_taken_and_kept(open_page: Open, server: str, photograph: bytes, where: str) -> None:
    page = open_page(f"{server}/your_image")
    wait_for_map(page)
    page.locator(where).first.evaluate(
        """(target, bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "pasted.png", { type: "image/png" }));
          target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
        }""",
        list(photograph),
    )
    until(page, "() => location.search.includes('picture=Yours')")
    expect(page.locator(".regard-canvas .picture")).to_have_attribute("alt", "Your picture")
    settle(page)
    assert len(weights(page)) == 1 + 17 * 37
    page.reload()
    expect(page.get_by_text("pasted.png")).to_be_visible()
    wait_for_map(page)
    expect(page.locator(".regard-canvas .picture")).to_have_attribute("alt", "Your picture")
