"""Two pictures with one pointer, in a browser: numbers against torch, links, swaps, and files."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from torch import Tensor

from attention_core import load_model
from attention_core.analysis.similarity import cosine_similarity
from tests.browser import comparison
from tests.browser.comparison import (
    COMPARISON,
    best_match,
    centre,
    click,
    half,
    hover,
    menu,
    settings,
    settle,
    show,
    sides,
    similarity,
    wait_for_all_layers,
    wait_for_comparison,
)
from tests.browser.explorer import parameters
from tests.browser.waiting import LATE_CLICKS, Message, Runs, rest, until
from ui import pictures

Open = Callable[..., Page]
COARSE = "left-across=12&right-across=12"
UPLOADER = ".st-key-unseen-uploader input[type=file]"


@cache
def features(name: str, layer: int, across: int = 12, kind: str = "features") -> Tensor:
    """As the browser has them, (N, D)."""
    model = load_model("dinov2-small")
    record, grid = model.record(pictures.photograph(name).image, across, features=True)
    return model.feature_map(record, grid, layer, kind).patches.half().float()  # type: ignore[arg-type]


def file(name: str, picture: Image.Image) -> dict[str, str | bytes]:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}


def test_one_hover_asks_both_pictures_and_no_server(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/compare?{COARSE}")
    wait_for_comparison(page)
    wait_for_all_layers(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    left, right = features("astronaut", 11), features("cat", 11)
    for side, row, col in [(0, 3, 5), (0, 9, 1), (1, 2, 4), (1, 7, 11)]:
        hover(page, side, row, col)
        own, other = (left, right) if side == 0 else (right, left)
        patch = own[row * 12 + col : row * 12 + col + 1]
        here, there = cosine_similarity(patch, own)[0], cosine_similarity(patch, other)[0]
        torch.testing.assert_close(similarity(page, side), here, atol=1e-5, rtol=0)
        torch.testing.assert_close(similarity(page, 1 - side), there, atol=1e-5, rtol=0)
        assert similarity(page, side)[row * 12 + col].item() == pytest.approx(1, abs=1e-6)
        named, cosine = best_match(page, 1 - side)
        assert named == f"Patch ({there.argmax() // 12}, {there.argmax() % 12})"
        assert cosine == pytest.approx(there.max().item(), abs=1e-5)
        assert comparison.top(page, 1 - side) == pytest.approx(there.topk(5).values.tolist(), abs=1e-5)
    rest(page, 600)
    assert not asked and not Runs.of(page).awaited, "hovering asks nobody"


def test_another_kind_comes_as_it_is_looked_at(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/compare?{COARSE}&kind=k&layers=4,9&locked=false")
    wait_for_comparison(page)
    hover(page, 0, 3, 5)
    patch = features("astronaut", 4, kind="k")[3 * 12 + 5 :][:1]
    expected = cosine_similarity(patch, features("cat", 9, kind="k"))[0]
    torch.testing.assert_close(similarity(page, 1), expected, atol=1e-5, rtol=0)
    half(page, 1).get_by_role("radio", name="Layer 2", exact=True).click()
    page.mouse.move(2, 2)
    settle(page)
    hover(page, 0, 3, 5)
    until(page, f"() => {COMPARISON}.sides[1].features(2) !== undefined")
    expected = cosine_similarity(patch, features("cat", 2, kind="k"))[0]
    torch.testing.assert_close(similarity(page, 1), expected, atol=1e-5, rtol=0)


def test_no_click_runs_the_script(open_page: Open, server: str) -> None:
    """Layers, kinds of map, heads, kinds of features, pins, boxes, matches, components and segments are the browser's."""
    page = open_page(f"{server}/compare?{COARSE}")
    wait_for_comparison(page)
    Runs.of(page).heard.clear()
    for what in ("Attention", "Both", "PCA", "Segments", "Similarity"):
        show(page, what)
    page.locator(".regard-compare .asks").get_by_text("The same place", exact=True).click()
    half(page, 0).get_by_role("radio", name="Layer 4", exact=True).click()
    click(page, 0, 3, 5)
    show(page, "Attention")
    half(page, 1).locator(".thumbs button").nth(2).click()
    half(page, 0).locator(".map").focus()
    page.keyboard.press("Escape")
    show(page, "Similarity")
    page.locator(".regard-compare .asks").get_by_text("What resembles it", exact=True).click()
    page.locator(".regard-compare .box-tool").click()
    page.mouse.move(*centre(page, 0, 2, 2))
    page.mouse.down()
    page.mouse.move(*centre(page, 0, 6, 6), steps=4)
    page.mouse.up()
    until(page, f"() => {COMPARISON}.joint.matches()?.drawn.length > 0")
    page.locator(".regard-compare .by-menu summary").click()
    page.locator(".regard-compare .by-menu select").first.select_option("q")
    until(page, f"() => {COMPARISON}.joint.matches()?.drawn.length > 0")
    settle(page)
    assert settings(page)["layers"] == [4, 4] and settings(page)["heads"] == [2] and settings(page)["kind"] == "q"
    assert [says(message) for message in Runs.of(page).heard if says(message)] == []
    link = parameters(page)
    assert link["box"] == ["left,2,2,5,5"] and link["layers"] == ["4,4"] and link["within"] == ["box"]


def test_left_and_right_change_places(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/compare?{COARSE}&right-model=Raw+patches&layers=7,0&kind=q&pin=left,3,4")
    wait_for_comparison(page)
    before = sides(page)
    page.get_by_role("button", name="Swap").click()
    until(page, f"() => {COMPARISON}.data.sides[0].title === 'Cat'")
    settle(page)
    assert sides(page) == before[::-1]
    assert settings(page)["pin"] == {"side": 1, "row": 3, "col": 4} and settings(page)["layers"] == [0, 7]
    link = parameters(page)
    assert link["left-picture"] == ["Cat"] and link["right-picture"] == ["Astronaut"]
    assert link["left-model"] == ["Raw patches"] and "right-model" not in link and link["pin"] == ["right,3,4"]


@pytest.mark.parametrize("late", [0, 1000])
def test_no_other_message_follows_a_press_before_its_script_begins(open_page: Open, server: str, late: int) -> None:
    """In the middle of layers being fetched; Streamlit would drop the press."""
    page = open_page(f"{server}/compare?{COARSE}")
    wait_for_comparison(page)
    page.evaluate(LATE_CLICKS, late)
    for title in ("Cat", "Astronaut") * 3:
        hover(page, 0, 3, 5)
        page.mouse.move(2, 2)  # the comparison tells Python where the pointer was
        rest(page, late // 3)  # so that a layer has been asked for
        page.get_by_role("button", name="Swap").click()
        until(page, f"() => {COMPARISON}.data.sides[0].title === '{title}'")
    said = [what for message in Runs.of(page).heard if (what := says(message))]
    assert said.count("pressed") == 6 and "asks" in said, "layers are fetched meanwhile"
    assert [after for before, after in itertools.pairwise(said) if before == "pressed"] == 6 * ["begins"]


def says(message: Message) -> str:
    if not message.sent:
        return "begins" if ForwardMsg.FromString(message.data).HasField("new_session") else ""
    asks = BackMsg.FromString(message.data)
    if not asks.HasField("rerun_script"):
        return ""
    return "pressed" if any(widget.trigger_value for widget in asks.rerun_script.widget_states.widgets) else "asks"


def test_the_link_restores_what_is_bundled(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/compare?{COARSE}")
    wait_for_comparison(page)
    menu(page, "right-photo")
    page.locator('[aria-label="Picture"]').get_by_text("Coffee", exact=True).click()
    page.keyboard.press("Escape")
    until(page, f"() => {COMPARISON}.data.sides[1].title === 'Coffee'")
    settle(page)
    click(page, 1, 5, 6)
    show(page, "PCA")
    before, looks = settings(page), sides(page)
    expect(page.locator(".regard-compare .all-pictures")).to_be_visible()
    page.reload()
    wait_for_comparison(page)
    assert sides(page) == looks and settings(page) == before
    assert before["pin"] == {"side": 1, "row": 5, "col": 6} and before["show"] == "pca"
    until(page, f"() => {COMPARISON}.joint.components !== undefined")


def test_an_example_opens_two_layers_of_one_picture(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/compare?{COARSE}&show=pca&pin=right,3,4")
    wait_for_comparison(page)
    menu(page, "examples")
    page.get_by_role("button", name="Two layers").click()
    until(page, f"() => {COMPARISON}.settings.layers.join() === '4,11'")
    page.keyboard.press("Escape")
    settle(page)
    assert [side["title"] for side in sides(page)] == ["Astronaut", "Astronaut"] and settings(page)["pin"] is None
    assert settings(page)["show"] == "similarity" and parameters(page)["layers"] == ["4,11"]


@pytest.mark.nightly
def test_several_pictures_come_at_once_and_survive_a_reload(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/compare?{COARSE}")
    wait_for_comparison(page)
    noise = np.random.default_rng(0).integers(0, 256, (90, 300, 3), np.uint8)
    given = [
        file("grey.png", Image.new("RGB", (120, 120), (128, 128, 128))),
        file("wide.png", Image.fromarray(noise)),
        file("tiny.png", Image.fromarray(noise[:18, :16].copy())),
    ]
    page.locator(UPLOADER).set_input_files(given)  # type: ignore[arg-type]
    until(page, f"() => {COMPARISON}.data.sides[1].title === 'wide.png'")
    settle(page)
    assert [side["title"] for side in sides(page)] == ["grey.png", "wide.png"]
    show(page, "PCA")
    show(page, "Similarity")
    hover(page, 0, 5, 5)
    for side in range(2):
        assert similarity(page, side).isfinite().all(), "a grey picture has no directions made of nothing"
    page.mouse.move(2, 2)
    page.reload()
    wait_for_comparison(page)
    until(page, f"() => {COMPARISON}.data.sides[0].alt === 'Your picture'")
    settle(page)
    assert [side["title"] for side in sides(page)] == ["grey.png", "wide.png"]
    menu(page, "pictures-menu")
    expect(page.locator(".regard-open .chip")).to_have_count(3)
    page.get_by_role("button", name="Remove grey.png").click()
    until(page, f"() => {COMPARISON}.data.sides[0].title === 'Astronaut'")
    settle(page)
    assert [side["title"] for side in sides(page)] == ["Astronaut", "wide.png"]
    assert parameters(page)["pictures"] == ["Yours 1", "Yours 2"]
    other = open_page(page.url)
    wait_for_comparison(other)
    expect(other.get_by_text("This link belongs to somebody's own pictures")).to_be_visible()


def test_files_come_from_the_browser_and_from_python(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/compare?{COARSE}&lines=10")
    wait_for_comparison(page)
    wait_for_all_layers(page)
    menu(page, "export")
    with page.expect_download() as given:
        page.get_by_role("button", name="Arrays (NPZ)").click()
    with np.load(given.value.path()) as arrays:
        assert arrays["left_grid"].tolist() == [12, 12] and "matches_forward" in arrays
        np.testing.assert_allclose(arrays["left_features"], features("astronaut", 11).numpy(), atol=0.02)
    menu(page, "export")
    menu(page, "export")
    with page.expect_download() as given:
        page.get_by_role("button", name="Live page (HTML)").click()
    text = given.value.path().read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>") and "Astronaut and Cat" in text
