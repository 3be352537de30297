"""The main job, end to end: a picture is uploaded, a patch is pointed at, and the numbers on screen are torch's."""

from __future__ import annotations

import io
import itertools
import re
from base64 import b64encode
from collections.abc import Callable

import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from torch import Tensor

from attention_core import AttentionRecord, LayerRecord, PatchGrid, VisionModel, load_image, load_model
from tests.browser.conftest import screenshot
from tests.browser.explorer import (
    EXPLORATION,
    centre,
    choose,
    choose_direction,
    choose_head,
    choose_layer,
    choose_picture,
    display,
    fact,
    hover,
    is_exact,
    menu,
    parameters,
    pin,
    query_name,
    rows_of,
    settings,
    settle,
    top,
    wait_for_all_layers,
    wait_for_map,
    wait_for_start,
    weights,
)
from tests.browser.reader import Finger, may_read_clipboard, tap
from tests.browser.serving import ROOT
from tests.browser.waiting import SMALL_MESSAGE, Runs, frame, rest, until

Open = Callable[..., Page]
HALF = {"atol": 2e-6, "rtol": 0.01}
"""How far weights may be off that the browser computes from q and k in 16 bits; those above 1e-4 by one percent."""
EXACT = {"atol": 1e-6, "rtol": 1e-4}


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
    page.locator("input[type=file]").first.set_input_files({"name": name, "mimeType": mime, "buffer": data})
    if name != "bad.png":
        expect(page.locator(".regard-explorer .picture")).to_have_attribute("alt", "Your picture")
    settle(page)


def listing(requests: list[str]) -> Callable[[Page], None]:
    """Note every request of a page, once it is prepared with this."""
    return lambda page: page.on("request", lambda request: requests.append(request.url))


def sent(page: Page, requests: list[str]) -> list[str]:
    """Requests and messages until now."""
    return [*requests, *("message" for message in Runs.of(page).heard if message.sent)]


def record(model: VisionModel, data: bytes, layer: int, across: int = 37) -> tuple[LayerRecord, PatchGrid]:
    recorded, grid = model.record(load_image(data), across)
    return recorded.layers[layer], grid


def row(layer: LayerRecord, token: int, temperature: float = 1.0) -> Tensor:
    """(H, N)"""
    return layer.rows([token], temperature)[0, :, 0]


def test_an_uploaded_photograph_shows_the_models_own_weights_and_hovering_asks_nobody(
    open_page: Open, server: str, model: VisionModel, photograph: bytes
) -> None:
    requests: list[str] = []
    page = open_page(f"{server}/your_image", prepare=listing(requests))
    wait_for_map(page)
    upload(page, photograph)
    recorded, grid = model.record(load_image(photograph), 37)
    layer = recorded.layers[10]
    assert (grid.rows, grid.cols) == (17, 37)
    for r, c in ((0, 0), (8, 10), (16, 36), (4, 30)):
        hover(page, r, c, grid.rows, grid.cols)
        assert query_name(page) == f"Patch ({r}, {c})"
        expected = row(layer, 1 + grid.index(r, c)).mean(0)
        shown = weights(page)
        torch.testing.assert_close(shown, expected, **EXACT)
        assert abs(float(shown.sum()) - 1) < 1e-5
    assert page.url.startswith(f"{server}/your_image")
    screenshot(page, "uploaded")
    wait_for_all_layers(page)
    before = sent(page, requests)
    assert requests and "message" in before, "the counter must see the traffic of the start"
    names = set()
    for step in range(60):
        hover(page, step % 17, (7 * step) % 37, grid.rows, grid.cols)
        names.add(query_name(page))
    rest(page, 300)
    assert len(names) > 30 and sent(page, requests) == before
    every_layer_agrees_where_the_pointer_scrubs(page, recorded, grid, requests)


def every_layer_agrees_where_the_pointer_scrubs(
    page: Page, recorded: AttentionRecord, grid: PatchGrid, requests: list[str]
) -> None:
    hover(page, 8, 10, grid.rows, grid.cols)
    for layer in (0, 3, 5, 9, 11):
        expected = row(recorded.layers[layer], 1 + grid.index(8, 10))
        torch.testing.assert_close(rows_of(page, layer), expected, **HALF)
    before = sent(page, requests)
    names = []
    for layer in range(12):
        page.get_by_role("radio", name=f"Layer {layer}", exact=True).hover()
        frame(page)
        names.append(page.locator(".strip .shown").get_attribute("data-layer"))
        expected = row(recorded.layers[layer], 1 + grid.index(8, 10)).mean(0)
        torch.testing.assert_close(weights(page), expected, **HALF)
    rest(page, 300)
    assert names == [str(layer) for layer in range(12)]
    assert sent(page, requests) == before
    assert settings(page)["layer"] == 10, "the pointer only looks"


@pytest.fixture(scope="module")
def cat(tab: Page, server: str) -> Page:
    """The cat in 9 × 12 patches, with all layers."""
    tab.goto(f"{server}/your_image?picture=Cat&across=12")
    wait_for_map(tab)
    wait_for_all_layers(tab)
    return tab


@pytest.fixture
def on_cat(cat: Page) -> Page:
    """As it was opened."""
    cat.mouse.move(2, 2)
    cat.evaluate(f"() => {{ document.activeElement?.blur(); {EXPLORATION}.set({{ ...{EXPLORATION}.data.defaults }}); }}")
    settle(cat)
    assert parameters(cat) == {"picture": ["Cat"], "across": ["12"], "scale": ["Balanced"]}
    return cat


def test_the_readout_agrees_with_torch(open_page: Open, server: str, model: VisionModel) -> None:
    page = open_page(f"{server}/your_image?picture=Rocket&layer=7&across=12")
    wait_for_map(page)
    layer, grid = record(model, (ROOT / "assets/photos/rocket.jpg").read_bytes(), layer=7, across=12)
    assert page.locator("dt:text-is('Under the pointer')").count() == 0, "nothing is under a pointer that is not there"
    hover(page, 6, 5, grid.rows, grid.cols)
    expected = row(layer, 1 + grid.index(6, 5)).mean(0).double()
    patches = expected[1:]
    for (place, weight), token in zip(top(page), expected.topk(5).indices.tolist(), strict=True):
        assert place == ("{}, {}".format(*grid.position(token - 1)) if token else "CLS")
        assert weight == pytest.approx(float(expected[token]), rel=1e-4)
    entropy = float(-(expected * expected.log2()).sum())
    assert fact(page, "Entropy") == pytest.approx(entropy, abs=1e-4)
    assert fact(page, "Spread over") == pytest.approx(2**entropy, rel=1e-4)
    assert fact(page, "Share of CLS") == pytest.approx(float(expected[0]), rel=1e-4)
    expect(page.locator(".readout dt:text-is('Share of CLS') + dd")).to_have_text(re.compile(r"^[\d.]+ %$"))
    assert fact(page, "Under the pointer") == pytest.approx(float(patches[grid.index(6, 5)]), rel=1e-4)
    assert float(page.locator(".legend .low").get_attribute("data-value")) == 0
    high = float(page.locator(".legend .high").get_attribute("data-value"))
    assert high == pytest.approx(float(torch.quantile(patches, 0.995)), rel=1e-4)


def test_heads_temperature_direction_and_cls_agree_with_torch(on_cat: Page, model: VisionModel) -> None:
    page = on_cat
    choose_layer(page, 3)
    layer, grid = record(model, (ROOT / "assets/photos/cat.jpg").read_bytes(), layer=3, across=12)
    token = 1 + grid.index(2, 5)
    pin(page, 2, 5, grid.rows, grid.cols)
    choose_head(page, 0)
    for head in (2, 3, 5):
        choose_head(page, head, adds=True)
    assert parameters(page)["heads"] == ["0,2,3,5"]
    some = row(layer, token)[[0, 2, 3, 5]]
    assert is_exact(page)
    torch.testing.assert_close(weights(page), some.mean(0), **EXACT)
    display(page, "Several heads as their", "Max")
    torch.testing.assert_close(weights(page), some.amax(0), **EXACT)
    assert page.locator("dt:text-is('Sum of the maxima')").count() == 1
    display(page, "Several heads as their", "Mean")
    choose_direction(page, "Looked at by")
    expect(page.locator(".readout h2")).to_contain_text("is looked at most by")
    assert page.locator(".readout .letter").inner_text() == "k"
    column = layer.columns([token])[0, [0, 2, 3, 5], :, 0].mean(0)
    torch.testing.assert_close(weights(page), column, **EXACT)
    assert fact(page, "Received in total") == pytest.approx(float(column.sum()), rel=1e-4)
    page.get_by_role("button", name="CLS", exact=True).click()
    settle(page)
    torch.testing.assert_close(weights(page), layer.columns([0])[0, [0, 2, 3, 5], :, 0].mean(0), **EXACT)
    choose_direction(page, "Looks at")
    display(page, "Temperature", "0.5")
    torch.testing.assert_close(weights(page), row(layer, 0, 0.5)[[0, 2, 3, 5]].mean(0), **EXACT)
    choose_direction(page, "Looked at by")
    columns = layer.columns([0], 0.5)[0, [0, 2, 3, 5], :, 0].mean(0)
    torch.testing.assert_close(weights(page), columns, **EXACT)


def test_a_pinned_patch_is_read_from_32_bits_in_every_layer(on_cat: Page, model: VisionModel) -> None:
    page = on_cat
    pin(page, 4, 5, 9, 12)
    data = (ROOT / "assets/photos/cat.jpg").read_bytes()
    for number in (2, 8):
        choose_layer(page, number)
        layer, grid = record(model, data, number, across=12)
        assert is_exact(page)
        torch.testing.assert_close(weights(page), row(layer, 1 + grid.index(4, 5)).mean(0), atol=1e-6, rtol=0)
        shown = dict(top(page))
        for place, weight in shown.items():
            token = 0 if place == "CLS" else 1 + grid.index(*map(int, place.split(", ")))
            assert weight == pytest.approx(float(row(layer, 1 + grid.index(4, 5)).mean(0)[token]), abs=1e-6)


def test_the_untrained_models_agree_with_torch(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Cat&model=Raw+patches&patch=20&across=15")
    wait_for_map(page)
    data = (ROOT / "assets/photos/cat.jpg").read_bytes()
    layer, grid = record(load_model("raw-patches", patch_size=20), data, 0, across=15)
    hover(page, 3, 3, grid.rows, grid.cols)
    torch.testing.assert_close(weights(page), row(layer, grid.index(3, 3))[0], atol=1e-6, rtol=1e-3)
    menu(page, "model-menu")
    choose(page, "Model", "Random heads")
    page.keyboard.press("Escape")
    layer, grid = record(load_model("random-heads", patch_size=20), data, 0, across=15)
    hover(page, 3, 4, grid.rows, grid.cols)
    torch.testing.assert_close(weights(page), row(layer, grid.index(3, 4)).mean(0), atol=1e-6, rtol=1e-3)


def test_the_notes_example_is_64_patches_each_asking_the_other_63(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Rocket")
    wait_for_map(page)
    menu(page, "photo")
    page.get_by_role("button", name="Example: 64 patches").click()
    settle(page)
    assert len(weights(page)) == 64
    assert parameters(page) == {
        "picture": ["Rocket"],
        "model": ["Raw patches"],
        "across": ["8"],
        "grid": ["true"],
        "square": ["true"],
        "scale": ["Robust"],
    }
    page.get_by_role("button", name="Reset", exact=True).click()
    settle(page)
    until(page, "() => location.search === '?scale=Balanced'")
    assert len(weights(page)) == 1 + 37 * 37


def test_a_menu_is_walked_with_the_keyboard(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Rocket&across=12")
    wait_for_map(page)
    for name, first in (("Rocket", "Open a picture…"), ("Detail: own", "Coarse 18")):
        button = page.get_by_test_id("stPopoverButton").filter(has_text=name)
        button.focus()
        page.keyboard.press("Enter")
        expect(
            page.get_by_test_id("stPopoverBody").get_by_role("button", name=first).or_(page.get_by_role("radio", name=first))
        ).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
        expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stPopoverBody").get_by_text("Coarse 18")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stPopoverButton").filter(has_text="Detail: coarse")).to_be_visible()


def test_a_pin_stays_and_the_keys_move_it_and_go_through_the_layers(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Rocket&across=12")
    wait_for_map(page)
    pin(page, 3, 5, 8, 12)
    hover(page, 1, 2, 8, 12)
    assert query_name(page) == "Patch (3, 5)"
    assert fact(page, "Under the pointer") == pytest.approx(float(weights(page)[1 + 1 * 12 + 2]), rel=1e-6)
    page.locator(".map").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert parameters(page)["pin"] == ["5,6"], "the link follows at once"
    settle(page)
    assert query_name(page) == "Patch (5, 6)"
    page.keyboard.press("PageUp")
    assert parameters(page)["layer"] == ["9"]
    page.keyboard.press("PageDown")
    assert "layer" not in parameters(page)
    page.keyboard.press("Escape")
    assert "pin" not in parameters(page)
    hover(page, 4, 4, 8, 12)
    assert query_name(page) == "Patch (4, 4)"
    page.get_by_role("radio", name="Layer 10", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert parameters(page)["layer"] == ["8"]
    expect(page.get_by_role("radio", name="Layer 8", exact=True)).to_be_focused()


def test_the_strip_shows_no_map_of_before_for_a_layer_that_is_missing(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?across=12")
    wait_for_map(page)
    wait_for_all_layers(page)
    before, after = page.locator(".strip [data-layer='3'] canvas").evaluate(
        f"""canvas => {{  // at once: a layer that is missing is soon there again
             const painted = () =>
               canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean);
             const exploration = {EXPLORATION}, before = painted();
             const {{ recording }} = exploration.data;
             for (const id of regardStored.keys())
               if (id === `record:${{recording}}/3` || id.startsWith(`rows:${{recording}}/3/`)) regardStored.delete(id);
             exploration.weights.forget();
             exploration.drawNow();
             return [before, painted()];
           }}"""
    )
    assert before and not after


def test_playing_goes_through_the_layers_and_stays_where_it_is_stopped(on_cat: Page) -> None:
    page = on_cat
    play = page.get_by_role("button", name="Play through the layers")
    play.click()
    until(page, "() => globalThis.regardExplorations.get('explorer').layer === 1")
    assert settings(page)["layer"] == 10
    play.click()
    stopped = settings(page)["layer"]
    assert stopped in (1, 2, 3)
    assert parameters(page)["layer"] == [str(stopped)]


def test_all_heads_at_once_and_a_click_makes_one_the_map(on_cat: Page, model: VisionModel) -> None:
    page = on_cat
    recorded, grid = model.record(load_image((ROOT / "assets/photos/cat.jpg").read_bytes()), 12)
    hover(page, 5, 6, grid.rows, grid.cols)
    for layer in (0, 4, 11):
        torch.testing.assert_close(rows_of(page, layer), row(recorded.layers[layer], 1 + grid.index(5, 6)), **HALF)
    page.locator(".all-heads").get_by_role("button", name="Layer 4, head 2").click()
    assert parameters(page)["layer"] == ["4"] and parameters(page)["heads"] == ["2"]
    settle(page)
    torch.testing.assert_close(weights(page), row(recorded.layers[4], 1 + grid.index(5, 6))[2], **HALF)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert parameters(page)["layer"] == ["5"] and parameters(page)["heads"] == ["3"]
    expect(page.locator(".heads-name")).to_have_text("Layer 5, head 3")
    page.locator(".all-heads").get_by_role("button", name="Layer 5, head 3").click()
    assert "heads" not in parameters(page), "a second click shows all heads again"


def test_a_link_restores_everything(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?across=12")
    wait_for_map(page)
    choose_picture(page, "Coffee")
    choose_layer(page, 7)
    pin(page, 6, 9, 8, 12)
    choose_head(page, 2)
    display(page, "Colour scale", "Log")
    before = weights(page)
    asked = {"picture": ["Coffee"], "across": ["12"], "layer": ["7"], "pin": ["6,9"], "heads": ["2"], "scale": ["Log"]}
    assert parameters(page) == asked
    again = open_page(copied_link(page))
    wait_for_map(again)
    assert parameters(again) == parameters(page)
    assert query_name(again) == "Patch (6, 9)"
    expect(again.locator(".scale-name")).to_have_text("log")
    torch.testing.assert_close(weights(again), before, atol=0, rtol=0)
    again.reload()
    wait_for_map(again)
    torch.testing.assert_close(weights(again), before, atol=0, rtol=0)


def copied_link(page: Page) -> str:
    """What is in the clipboard after the button was pressed."""
    may_read_clipboard(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link: str = page.evaluate("navigator.clipboard.readText()")
    return link


def test_the_link_of_an_own_picture_says_that_the_picture_stays_here(open_page: Open, server: str, photograph: bytes) -> None:
    page = open_page(f"{server}/your_image?model=Raw+patches&across=12")
    wait_for_map(page)
    note = page.get_by_text("The link does not carry your picture")
    copied_link(page)
    expect(note).to_be_hidden()
    upload(page, photograph, name="mine.png")
    expect(page.locator(".regard-explorer .picture")).to_have_attribute("alt", "Your picture")
    page.wait_for_timeout(1700)
    copied_link(page)
    expect(note).to_be_visible()
    screenshot(page, "own-link")


def test_links_of_before_the_settings_moved_to_the_picture(open_page: Open, server: str) -> None:
    page = open_page(
        f"{server}/your_image?picture=Cat&across=12&patching=14+px%2C+as+trained&layer=3&heads=1%2C2%2C4&combine=One+at+a+time"
        "&head=2&query=CLS&direction=Looked+at+by&temperature=0.5&opacity=0.3&map=Viridis&grid=true"
    )
    wait_for_map(page)
    found = settings(page)
    assert (found["layer"], found["heads"], found["query"], found["direction"]) == (3, [2], "prefix", "incoming")
    assert (found["temperature"], found["opacity"], found["map"], found["grid"]) == (0.5, 0.3, "viridis", True)


@pytest.mark.parametrize(
    "search",
    [
        "model=evil&picture=..%2F..%2Fetc%2Fpasswd&heads=9&heads=x&head=%F0%9D%9F%97&across=9999&patch=-3&opacity=NaN"
        "&temperature=1e999&pin=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "model=Random+heads&num_heads=100000&head_dim=-1&seed=1e9&pin=99%2C99&layer=77",
    ],
)
def test_a_hostile_link_falls_back_to_the_defaults(open_page: Open, server: str, search: str) -> None:
    page = open_page(f"{server}/your_image?{search}")
    wait_for_map(page)
    assert query_name(page).startswith("Patch (")
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def test_a_finger_looks_around_and_a_tap_pins(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Rocket&across=12", viewport={"width": 390, "height": 844}, has_touch=True)
    wait_for_map(page)
    x0, y0 = centre(page, 2, 3, 8, 12)
    x1, y1 = centre(page, 6, 9, 8, 12)
    finger = Finger(page)
    finger.down(x0, y0)
    frame(page)
    assert query_name(page) == "Patch (2, 3)"
    finger.move(x1, y1)
    frame(page)
    assert query_name(page) == "Patch (6, 9)"
    finger.up()
    frame(page)
    assert "pin" not in parameters(page)
    finger.down(x0, y0)
    frame(page)
    rest(page, 1000)  # a long touch, of which no browser makes a click
    finger.up()
    frame(page)
    until(page, "() => location.search.includes('pin=2%2C3')")
    tap(page, x0, y0)
    until(page, "() => !location.search.includes('pin')")
    tap(page, x0, y0)
    until(page, "() => location.search.includes('pin=2%2C3')")
    tap(page, x0, y0)
    until(page, "() => !location.search.includes('pin')")


def test_of_two_uploads_the_second_is_shown_and_survives_a_reload_but_not_in_another_tab(
    open_page: Open, server: str, photograph: bytes
) -> None:
    page = open_page(f"{server}/your_image?across=12")
    wait_for_map(page)
    upload(page, (ROOT / "assets/photos/cat.jpg").read_bytes(), name="first.jpg", mime="image/jpeg")
    first = len(weights(page))
    upload(page, photograph, name="second.png")
    until(page, f"() => {EXPLORATION}.shown()?.weights.length !== {first}")
    menu(page, "photo")
    expect(page.get_by_test_id("stPopoverBody").get_by_text("second.png")).to_be_visible()
    expect(page.locator("[aria-label='Picture'] [aria-checked=true]")).to_have_text("Yours")
    page.keyboard.press("Escape")
    display(page, "Several heads as their", "Max")
    pin(page, 3, 9, 6, 12)
    before = weights(page)
    page.reload()
    wait_for_map(page)
    expect(page.locator(".regard-explorer .picture")).to_have_attribute("alt", "Your picture")
    settle(page)
    expect(page.get_by_text("stays in the browser tab")).to_have_count(0)
    assert query_name(page) == "Patch (3, 9)"
    torch.testing.assert_close(weights(page), before, atol=0, rtol=0)
    display(page, "Several heads as their", "Mean")
    assert parameters(page) == {"picture": ["Yours"], "across": ["12"], "pin": ["3,9"], "scale": ["Robust"]}
    other = open_page(page.url)
    wait_for_map(other)
    expect(other.get_by_text("stays in the browser tab")).to_be_visible()
    assert settings(other)["pin"] is None, "nor is the pin of another picture shown"
    assert parameters(other) == {"picture": ["Yours"], "across": ["12"], "pin": ["3,9"], "scale": ["Robust"]}


KEPT = """() => new Promise(resolve => {
  indexedDB.open("regard", 1).onsuccess = opened => {
    const uploads = opened.target.result.transaction("uploads").objectStore("uploads");
    uploads.count().onsuccess = counted => resolve(counted.target.result);
  };
})"""
"""How many pictures the browser keeps."""


def test_a_refused_file_does_not_replace_the_picture_and_what_is_taken_away_is_forgotten(
    open_page: Open, server: str, photograph: bytes
) -> None:
    page = open_page(f"{server}/your_image?across=12")
    wait_for_map(page)
    upload(page, photograph)
    before = weights(page)
    upload(page, b"no picture", name="bad.png")
    expect(page.locator("[data-testid=stAlert]")).to_contain_text("The picture on screen stays.")
    page.reload()
    wait_for_map(page)
    expect(page.locator(".regard-explorer .picture")).to_have_attribute("alt", "Your picture")
    settle(page)
    torch.testing.assert_close(weights(page), before, atol=0, rtol=0)
    upload(page, b"no picture", name="bad.png")
    expect(page.locator("[data-testid=stAlert]")).to_be_visible()
    expect(page.locator(".regard-explorer .picture")).to_have_attribute("alt", "Your picture")
    choose_picture(page, "Cat")
    expect(page.locator("[data-testid=stAlert]")).to_have_count(0)
    choose_picture(page, "Yours")
    menu(page, "photo")
    page.get_by_role("button", name="Remove mine.png").click()
    expect(page.locator(".regard-explorer .picture")).not_to_have_attribute("alt", "Your picture")
    expect(page.get_by_text("Yours", exact=True)).to_have_count(0)
    settle(page)
    page.goto(f"{server}/your_image?across=12&picture=Yours")
    wait_for_map(page)
    expect(page.get_by_text("stays in the browser tab")).to_be_visible()
    assert page.evaluate(KEPT) == 0


def losing_answers(page: Page) -> None:
    """Every other answer to an uploader is lost, as Streamlit loses one where a script begins just then."""
    answers = itertools.count()

    def connect(ours: WebSocketRoute) -> None:
        server = ours.connect_to_server()

        def receive(message: bytes | str) -> None:
            small = isinstance(message, bytes) and len(message) < SMALL_MESSAGE
            answer = small and ForwardMsg.FromString(message).HasField("file_urls_response")
            if not answer or next(answers) % 2:
                ours.send(message)

        server.on_message(receive)
        ours.on_message(server.send)

    page.route_web_socket("**/_stcore/stream", connect)


def test_a_picture_comes_although_its_uploader_heard_no_answer(open_page: Open, server: str, photograph: bytes) -> None:
    page = open_page(f"{server}/your_image?across=12", prepare=losing_answers)
    wait_for_map(page)
    upload(page, photograph)
    upload(page, b"no picture")  # of the same name
    expect(page.get_by_test_id("stAlert")).to_contain_text("not an image")


def test_a_picture_is_taken_although_the_reader_goes_on_meanwhile(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?across=12")
    wait_for_map(page)
    buffer = io.BytesIO()
    Image.effect_noise((6000, 4000), 60).save(buffer, "JPEG")  # takes a while to be read
    large = {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}
    page.locator("input[type=file]").first.set_input_files(large)  # type: ignore[arg-type]
    for layer in range(8):
        page.get_by_role("radio", name=f"Layer {layer}", exact=True).click()
        page.wait_for_timeout(300)
    page.mouse.move(2, 2)
    expect(page.locator(".regard-explorer .picture")).to_have_attribute("alt", "Your picture")
    settle(page)
    assert parameters(page)["picture"] == ["Yours"] and settings(page)["layer"] == 7


GIVE = """(target, [how, text]) => {
  const data = new DataTransfer(), bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  data.items.add(new File([bytes], "given.png", { type: "image/png" }));
  const as = { dataTransfer: data, bubbles: true, cancelable: true, composed: true };
  if (how === "paste") {
    const event = new ClipboardEvent("paste", as);
    Object.defineProperty(event, "clipboardData", { value: data }); // Firefox takes no files otherwise
    return target.dispatchEvent(event);
  }
  target.dispatchEvent(new DragEvent("dragenter", as));
  return new Promise(done => setTimeout(() => done(target.dispatchEvent(new DragEvent("drop", as))), 300));
}"""
"""As the reader pastes a picture, or drags it over the page and drops it."""


def give(target: Locator, how: str, data: bytes) -> None:
    target.evaluate(GIVE, [how, b64encode(data).decode()])  # a list of numbers would take longer than the page itself


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_a_picture_pasted_or_dropped_anywhere_is_taken_and_kept(
    open_page: Open, server: str, photograph: bytes, how: str
) -> None:
    page = open_page(f"{server}/your_image?across=12")
    wait_for_map(page)
    before = len(weights(page))
    give(page.locator("body" if how == "paste" else ".map"), how, photograph)
    until(page, "() => location.search.includes('picture=Yours')")
    expect(page.locator(".regard-explorer .picture")).to_have_attribute("alt", "Your picture")
    expect(page.locator(".dropping")).to_be_hidden()
    settle(page)
    assert len(weights(page)) == 1 + 6 * 12 < before
    page.reload()
    wait_for_map(page)
    expect(page.locator(".regard-explorer .picture")).to_have_attribute("alt", "Your picture")


def test_a_picture_pasted_on_start_is_looked_at_on_its_page(open_page: Open, server: str, photograph: bytes) -> None:
    page = open_page(server)
    wait_for_start(page)
    give(page.locator("body"), "paste", b"no picture")
    expect(page.locator("[data-testid=stAlert]")).to_contain_text("The picture on screen stays.")
    give(page.locator(".map"), "drop", photograph)
    page.wait_for_url("**/your_image?picture=Yours")
    expect(page.locator(".regard-explorer .picture")).to_have_attribute("alt", "Your picture")
    settle(page)
    assert len(weights(page)) == 1 + 17 * 37
