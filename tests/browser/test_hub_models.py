"""A model from a hub on this computer: chosen by name, loaded with progress, refused with a sentence, cancelled."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from playwright.sync_api import Page, expect
from safetensors.torch import save

from attention_core import PatchGrid, load_image, load_model, record_attention
from attention_core.models.patching import repatch
from tests.browser import comparison
from tests.browser.axe import violations
from tests.browser.conftest import screenshot
from tests.browser.explorer import choose, choose_direction, choose_layer, menu, parameters, pin, settings, settle, wait_for_map
from tests.browser.serving import ROOT, serve
from tests.browser.test_missing import chosen
from tests.browser.waiting import PATIENCE_MS, until
from tests.models.conftest import TINY, Hub, handler_of

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
NAME = "hf-hub:tests/tiny"
WEIGHTS = ".st-key-own-weights input[type=file]"


@pytest.fixture(scope="module")
def mirror() -> Iterator[Hub]:
    hub = Hub()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(hub)) as server:
        hub.endpoint = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield hub
        server.shutdown()


@pytest.fixture(scope="module")
def app(mirror: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(HF_ENDPOINT=mirror.endpoint, HF_HOME=str(tmp_path_factory.mktemp("hf"))) as url:
        yield url


def ask_for(page: Page, name: str) -> None:
    menu(page, "model-menu")
    page.get_by_role("combobox", name="Model from the hub").fill(name)
    page.keyboard.press("Enter")
    settle(page)
    page.keyboard.press("Escape")


def load(page: Page) -> None:
    page.get_by_role("button", name="Load", exact=True).click()


@pytest.fixture
def page(open_page: Open, app: str, mirror: Hub) -> Page:
    mirror.sent = lambda body: body
    page = open_page(f"{app}/your_image?model=From+the+hub&picture=Cat&layer=1&across=9")
    wait_for_map(page)
    page.get_by_role("tab", name="How to read it").click()
    return page


def test_a_load_shows_where_it_is_and_can_be_cancelled(page: Page, mirror: Hub, tmp_path: Path) -> None:
    mirror.add_tiny("tests/slow")
    released = threading.Event()
    mirror.sent = lambda body: body * released.wait(PATIENCE_MS / 1000)
    ask_for(page, "hf-hub:tests/slow")
    load(page)
    expect(page.get_by_text("hf-hub:tests/slow: ")).to_be_visible()
    screenshot(page, "hub-loading")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Load", exact=True)).to_be_visible()
    released.set()
    expect(page.locator(".query-name")).to_be_visible()


def test_what_cannot_be_loaded_gets_one_sentence_and_the_map_stays(page: Page) -> None:
    ask_for(page, "hf-hub:tests/nothing")
    load(page)
    sentence = page.get_by_text("tests/nothing is not on the hub, or it is private: check the spelling, or log in with")
    expect(sentence).to_be_visible()
    expect(page.locator(".regard-explorer .top li")).to_have_count(5)
    assert page.locator("[data-testid=stException]").count() == 0
    ask_for(page, "no such model at all")
    load(page)
    expect(page.get_by_text("Unknown model 'no such model at all'")).to_be_visible()


def test_a_loaded_model_is_drawn_with_its_own_weights_and_the_link_brings_it_back(page: Page, mirror: Hub) -> None:
    state = mirror.add_tiny()
    ask_for(page, NAME)
    load(page)
    expect(page.get_by_text("Weights: hub, tests/tiny.")).to_be_visible()
    module = timm.create_model("vit_tiny_patch16_224", **TINY, dynamic_img_size=True).eval()
    module.load_state_dict(state)
    for fresh in (False, True):
        if fresh:
            page.reload()
            expect(page.get_by_text("Weights: hub, tests/tiny.")).to_be_visible()
        wait_for_map(page)
        row, col = (int(number) for number in re.findall(r"\d+", page.locator(".query-name").inner_text()))
        shown = page.locator(".top li [data-value]").evaluate_all("all => all.map(each => Number(each.dataset.value))")
        torch.testing.assert_close(torch.tensor(shown), largest_weights(module, row, col), atol=1e-5, rtol=0)


def largest_weights(module: torch.nn.Module, row: int, col: int, step: int = 8) -> torch.Tensor:
    """The five largest weights of patch (row, col) in layer 1, mean of its heads, at 9 patches across, step px apart."""
    picture = load_image(ROOT / "assets/photos/cat.jpg")
    grid = PatchGrid.fitting(picture.height, picture.width, step, 9)
    resized = picture.resize((grid.width, grid.height), Image.Resampling.BICUBIC)
    mean, std = torch.tensor([0.4, 0.5, 0.6]).view(3, 1, 1), torch.tensor([0.1, 0.2, 0.3]).view(3, 1, 1)
    pixels = (torch.from_numpy(np.asarray(resized, dtype=np.float32) / 255).permute(2, 0, 1) - mean) / std
    with torch.inference_mode(), record_attention() as record:
        module(pixels[None])
    return record.layers[1].rows([1 + grid.index(row, col)])[0, :, 0].mean(0).topk(5).values


SWIN = {"img_size": 64, "window_size": 4, "embed_dim": 24, "depths": [2, 2], "num_heads": [2, 3], "num_classes": 0}


def test_a_windowed_model_is_drawn_on_the_image_a_patch_at_a_time(page: Page, mirror: Hub) -> None:
    torch.manual_seed(5)
    module = timm.create_model("swin_tiny_patch4_window7_224", **SWIN).eval()
    config = {"architecture": "swin_tiny_patch4_window7_224", "num_classes": 0, "model_args": SWIN}
    config["pretrained_cfg"] = {"input_size": [3, 64, 64], "mean": [0.4, 0.5, 0.6], "std": [0.1, 0.2, 0.3], "num_classes": 0}
    mirror.files["tests/swin/config.json"] = json.dumps(config).encode()
    mirror.add("tests/swin", module)
    ask_for(page, "hf-hub:tests/swin")
    load(page)
    expect(page.locator(".hint")).to_contain_text("layers.0.blocks.1.attn: 16 × 16 patches, each of which sees 16 of them.")
    box = page.locator(".map").bounding_box()
    assert box is not None
    page.locator(".map").click(position={"x": 9.5 * box["width"] / 16, "y": 3.5 * box["height"] / 16})
    expect(page.locator(".query-name")).to_have_text("Patch (3, 9)")
    picture = load_image(ROOT / "assets/photos/cat.jpg").resize((64, 64), Image.Resampling.BICUBIC)
    mean, std = torch.tensor([0.4, 0.5, 0.6]).view(3, 1, 1), torch.tensor([0.1, 0.2, 0.3]).view(3, 1, 1)
    pixels = (torch.from_numpy(np.asarray(picture, dtype=np.float32) / 255).permute(2, 0, 1) - mean) / std
    with torch.inference_mode(), record_attention() as record:
        module(pixels[None])
    shifted = record.layers[1]
    row, col = (3 - 2) % 16, (9 - 2) % 16  # the map is rolled by half a window before it is cut
    window, token = row // 4 * 4 + col // 4, row % 4 * 4 + col % 4
    expected = shifted.rows([token])[window, :, 0].mean(0).topk(5).values
    shown = page.locator(".top li [data-value]").evaluate_all("all => all.map(each => Number(each.dataset.value))")
    torch.testing.assert_close(torch.tensor(shown), expected, atol=1e-5, rtol=0)
    screenshot(page, "windows")
    choose_direction(page, "Looked at by")
    expect(page.locator("h2 .says")).to_contain_text("is looked at")
    expected = shifted.columns([token])[window, ..., 0].mean(0).topk(5).values
    shown = page.locator(".top li [data-value]").evaluate_all("all => all.map(each => Number(each.dataset.value))")
    torch.testing.assert_close(torch.tensor(shown), expected, atol=1e-5, rtol=0)


def test_a_classifier_with_windows_is_changed_on_what_if(open_page: Open, app: str, mirror: Hub) -> None:
    torch.manual_seed(5)
    sizes = SWIN | {"num_classes": 1000}
    module = timm.create_model("swin_tiny_patch4_window7_224", **sizes).eval()
    config = {"architecture": "swin_tiny_patch4_window7_224", "num_classes": 1000, "model_args": sizes}
    config["pretrained_cfg"] = {"input_size": [3, 64, 64], "mean": [0.5] * 3, "std": [0.5] * 3, "num_classes": 1000}
    mirror.files["tests/classes/config.json"] = json.dumps(config).encode()
    mirror.add("tests/classes", module)
    page = open_page(f"{app}/what_if?model=From+the+hub&hub=hf-hub:tests/classes&edits=2.*:off&layers=3,3")
    load(page)
    expect(page.locator(".regard-edit-heads .told")).to_contain_text("stands below the pictures", timeout=PATIENCE_MS)
    expect(page.locator(".regard-edit-heads .cells button:enabled")).to_have_count(10)
    expect(page.locator(".regard-edit-heads .classes tbody tr")).to_have_count(5)
    expect(page.locator(".regard-strip .moved")).to_contain_text("patches, on average")
    name = page.locator(".regard-edit-heads .classes tbody button").nth(2)
    said = name.inner_text()
    name.click()
    expect(page.locator(".regard-strip .moved")).to_contain_text(said)
    screenshot(page, "what-if-windows")


def test_patches_of_a_loaded_model_are_cut_anew(page: Page, mirror: Hub) -> None:
    state = mirror.add_tiny()
    ask_for(page, NAME)
    if page.get_by_role("button", name="Load", exact=True).is_visible():
        load(page)
    expect(page.get_by_text("Weights: hub, tests/tiny.")).to_be_visible()
    menu(page, "detail-menu")
    choose(page, "Patches", "8 px, half overlapping")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Overlapping patches: each reads 8 × 8 px, one every 4 px")).to_be_visible()
    wait_for_map(page)
    module = timm.create_model("vit_tiny_patch16_224", **TINY, dynamic_img_size=True).eval()
    module.load_state_dict(state)
    repatch(module, stride=4)
    row, col = (int(number) for number in re.findall(r"\d+", page.locator(".query-name").inner_text()))
    shown = page.locator(".top li [data-value]").evaluate_all("all => all.map(each => Number(each.dataset.value))")
    torch.testing.assert_close(torch.tensor(shown), largest_weights(module, row, col, 4), atol=1e-5, rtol=0)


def test_weights_of_ones_own_are_uploaded_for_a_named_architecture(page: Page, mirror: Hub) -> None:
    torch.manual_seed(11)
    module = timm.create_model("test_vit", num_classes=0, dynamic_img_size=True).eval()
    weights = save(module.state_dict())
    ask_for(page, "test_vit")
    menu(page, "model-menu")
    page.get_by_text("Your own weights", exact=True).click()
    upload = page.locator("input[type=file]").nth(1)
    upload.set_input_files({"name": "mine.pth", "mimeType": "application/octet-stream", "buffer": b"PK\x03\x04 no"})
    expect(page.get_by_text("mine.pth is not safetensors: pickled weights can run code and are not read")).to_be_visible()
    expect(page.get_by_text("torch.load('mine.pth', weights_only=True)")).to_be_visible()
    expect(page.get_by_role("button", name="Load with your weights")).to_have_count(0)
    expect(page.locator(".regard-explorer .top li")).to_have_count(5)
    upload.set_input_files({"name": "mine.safetensors", "mimeType": "application/octet-stream", "buffer": weights})
    expect(page.get_by_text("1.2MB")).to_be_visible()
    expect(page.get_by_text("is not safetensors")).to_be_hidden()
    settle(page)
    page.get_by_role("button", name="Load with your weights").click()
    expect(page.get_by_text("Weights: your checkpoint. Licence: unknown: your checkpoint.")).to_be_visible()
    wait_for_map(page)
    screenshot(page, "own-weights")
    assert not [line for line in mirror.gets() if "test_vit" in line], "nothing was asked of the hub"
    row, col = (int(number) for number in re.findall(r"\d+", page.locator(".query-name").inner_text()))
    expected = load_model("test_vit", checkpoint=weights)
    record, grid = expected.record(load_image(ROOT / "assets/photos/cat.jpg"), 9)
    top = record.layers[1].rows([1 + grid.index(row, col)])[0, :, 0].mean(0).topk(5).values
    shown = page.locator(".top li [data-value]").evaluate_all("all => all.map(each => Number(each.dataset.value))")
    torch.testing.assert_close(torch.tensor(shown), top, atol=1e-5, rtol=0)


def test_the_layer_comes_back_after_a_shallower_model(page: Page, mirror: Hub) -> None:
    def choose_model(name: str) -> None:
        menu(page, "model-menu")
        choose(page, "Model", name)
        page.keyboard.press("Escape")

    mirror.add_tiny()
    choose_model("DINOv2-small")
    choose_layer(page, 7)
    assert parameters(page)["layer"] == ["7"]
    choose_model("From the hub")
    ask_for(page, NAME)
    if page.get_by_role("button", name="Load", exact=True).is_visible():
        load(page)
    expect(page.get_by_text("Weights: hub, tests/tiny.")).to_be_visible()
    settle(page)
    assert settings(page)["layer"] == 1 and parameters(page)["layer"] == ["7"]
    choose_model("DINOv2-small")
    assert settings(page)["layer"] == 7
    assert page.locator("[data-testid=stException]").count() == 0


def give_weights(page: Page, file: Path) -> None:
    page.locator(".st-key-model-menu button").first.click()
    page.get_by_text("Your own weights", exact=True).click()
    page.locator(WEIGHTS).set_input_files(file)


HAS_LOAD = "[...document.querySelectorAll('button')].some((each) => each.innerText.includes('Load with your weights'))"


def test_weights_that_a_reload_loses_are_said_and_come_back_with_patch_and_heads(
    open_page: Open, app: str, tmp_path: Path
) -> None:
    torch.manual_seed(13)
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
    says = f"This link belongs to somebody's own weights of test_vit ({asked['weights'][0]}…). A link does not contain weights."
    expect(page.get_by_text(says)).to_contain_text(
        "This page shows DINOv2-small instead. The link's patch and heads are ignored."
    )
    assert (chosen(page), parameters(page)) == ((None, None), asked)
    give_weights(page, file)
    load = page.get_by_role("button", name="Load with your weights")
    until(page, f"() => !document.body.innerText.includes({asked['weights'][0]!r}) || {HAS_LOAD}")
    if load.is_visible():  # the server has let go of them, a moment after the page was left
        load.click()
    expect(page.get_by_text(says)).to_have_count(0)
    settle(page)
    assert (chosen(page)[0], parameters(page)) == ([2, 4], asked)
    assert settings(page)["pin"] == [2, 4]


def test_the_planted_head_stands_first_and_leads_to_itself(open_page: Open, app: str, mirror: Hub) -> None:
    state = mirror.add_tiny("tests/planted")
    width, head = TINY["embed_dim"] // TINY["num_heads"], 2
    state["blocks.1.attn.qkv.weight"][head * width : (head + 1) * width] *= -100
    both = "&".join(
        f"{side}-{what}" for side in ("left", "right") for what in ("model=From+the+hub", "hub=hf-hub:tests/planted")
    )
    page = open_page(f"{app}/compare?{both}&right-picture=Astronaut")
    comparison.wait_for_comparison(page)
    page.locator(".st-key-left-load-model button").click()
    until(page, f"() => {comparison.COMPARISON}.data.sides[1].recording.includes('tests/planted')")
    comparison.menu(page, "right-model-menu")
    page.get_by_test_id("stPopoverBody").get_by_text("Your own weights").click()
    weights = {"name": "mine.safetensors", "mimeType": "application/octet-stream", "buffer": save(state)}
    page.locator(".st-key-right-own-weights input[type=file]").set_input_files(weights)  # type: ignore[arg-type]
    expect(page.locator(".st-key-right-load-model button")).to_contain_text("Load with your weights")
    page.keyboard.press("Escape")
    page.locator(".st-key-right-load-model button").click()
    first = page.locator(".regard-moved .heads tr").nth(1)
    expect(first).to_contain_text(f"Layer 1, head {head}", timeout=PATIENCE_MS)
    bits = [
        float(cell.get_attribute("data-value") or "nan") for cell in page.locator(".regard-moved .heads td[data-value]").all()
    ]
    assert bits == sorted(bits, reverse=True) and bits[0] > 1e-3 and max(bits[1:]) < 1e-6
    assert violations(page) == []
    first.get_by_role("button").click()
    until(page, f"() => {comparison.COMPARISON}.settings.show === 'attention'")
    comparison.settle(page)
    assert comparison.settings(page)["heads"] == [head] and comparison.settings(page)["layers"] == [1, 1]
    assert parameters(page)["heads"] == [str(head)] and parameters(page)["show"] == ["attention"]
    screenshot(page, "compare-moved", full_page=True)
