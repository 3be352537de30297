"""Reading and handling the explorer from a test, as a person would."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qs

import torch
from playwright.sync_api import Page, TimeoutError, expect
from torch import Tensor

from tests.browser.waiting import PATIENCE_MS, answered, frame, rest, until

EXPLORATION = "globalThis.regardExplorations.get('explorer')"
SHOWN = f"{EXPLORATION}.shown()"
HAS = f"""() => {{
  const {{ recording, inBrowser, grid }} = {EXPLORATION}?.data ?? {{}};
  return JSON.stringify({{ recording, inBrowser, grid, stored: [...globalThis.regardStored.keys()] }});
}}"""
"""What a map that does not come is waiting for."""
COMPLETE: Final = f"""() => {{
  const exploration = {EXPLORATION};
  const {{ data, settings, layer }} = exploration ?? {{}};
  if (!data?.lease || !settings) return true;
  if (settings.depth === "rollout") return exploration.rolledEntry !== undefined;
  const chosen = settings.pin !== null || settings.query === "prefix" || !data.inBrowser;
  const shown = exploration.shown();
  return shown !== null && (!chosen || (shown.exact && shown.token === exploration.ask(layer).token));
}}"""
"""Whether the server has answered what the map waits for."""


def wait_for_map(page: Page) -> None:
    page.wait_for_selector(".regard-explorer .top li", timeout=PATIENCE_MS)
    settle(page)


def wait_for_start(page: Page) -> None:
    """As `wait_for_map`, on Start, where there is no readout."""
    page.wait_for_selector(".regard-explorer .strip .shown", timeout=PATIENCE_MS)
    settle(page)


def settle(page: Page) -> None:
    """Until Python was told, the script has run, the server has answered what the map waits for, and the frame is drawn."""
    rest(page, 400)
    answered(page)
    try:
        page.wait_for_function(COMPLETE, polling=100, timeout=PATIENCE_MS)
        expect(page.locator(".regard-explorer .waiting")).to_be_hidden(timeout=PATIENCE_MS)
        expect(page.locator(".regard-explorer .news[data-kind=working]")).to_be_hidden(timeout=PATIENCE_MS)
    except (AssertionError, TimeoutError) as error:
        error.add_note(f"The explorer has {page.evaluate(HAS)}, and the page says: {page.inner_text('body')}")
        raise
    frame(page)


def wait_for_all_layers(page: Page) -> None:
    until(page, f"() => {EXPLORATION}.data.layers.every((_, layer) => {EXPLORATION}.has(layer))")
    settle(page)


def centre(page: Page, row: int, col: int, rows: int, cols: int) -> tuple[float, float]:
    canvas = page.locator(".regard-explorer .map")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    return box["x"] + (col + 0.5) * box["width"] / cols, box["y"] + (row + 0.5) * box["height"] / rows


def hover(page: Page, row: int, col: int, rows: int, cols: int) -> None:
    page.mouse.move(*centre(page, row, col, rows, cols))
    frame(page)


def pin(page: Page, row: int, col: int, rows: int, cols: int) -> None:
    """Pin a patch and wait for its exact row."""
    page.mouse.click(*centre(page, row, col, rows, cols))
    assert parameters(page)["pin"] == [f"{row},{col}"]
    settle(page)


def query_name(page: Page) -> str:
    return page.locator(".query-name").inner_text()


def fact(page: Page, term: str) -> float:
    value = page.locator(f".readout dt:text-is('{term}') + dd").get_attribute("data-value")
    assert value is not None, term
    return float(value)


def top(page: Page) -> list[tuple[str, float]]:
    """The five largest: "row, col" of a patch or the name of another token, and the full weight."""
    items = page.locator(".top li").all()
    return [(item.locator(".place").inner_text(), float(item.locator(".number").get_attribute("data-value"))) for item in items]


def weights(page: Page) -> Tensor:
    """The whole vector on the map, (N,)."""
    return torch.tensor(page.evaluate(f"() => [...{SHOWN}.weights]"))


def rows_of(page: Page, layer: int) -> Tensor:
    """What the asking token looks at in a layer, as the browser has it, (H, N)."""
    return torch.tensor(page.evaluate(f"layer => {EXPLORATION}.rowsOf(layer).heads.map(row => [...row])", layer))


def is_exact(page: Page) -> bool:
    exact: bool = page.evaluate(f"() => {SHOWN}.exact")
    return exact


def settings(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(f"() => {EXPLORATION}.settings")
    return found


def parameters(page: Page) -> dict[str, list[str]]:
    """Of the link, as the browser has it this moment."""
    return parse_qs(page.evaluate("location.search.slice(1)"))


def choose_layer(page: Page, layer: int) -> None:
    page.get_by_role("radio", name=f"Layer {layer}", exact=True).click()
    page.mouse.move(2, 2)
    settle(page)


def choose_head(page: Page, head: int, adds: bool = False) -> None:
    page.locator(f".thumbs [data-head='{head}']").click(modifiers=["Shift"] if adds else None)
    settle(page)


def choose_direction(page: Page, direction: str) -> None:
    page.get_by_role("radio", name=direction, exact=True).click()
    settle(page)


def display(page: Page, label: str, value: str) -> None:
    """Set one of the controls behind "Display"."""
    menu = page.locator("details.display")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    control = menu.get_by_label(label)
    if control.evaluate("node => node.tagName") == "SELECT":
        control.select_option(label=value)
    elif control.get_attribute("type") == "checkbox":
        control.set_checked(value == "on")
    else:
        control.fill(value)
    page.keyboard.press("Escape")
    settle(page)


def menu(page: Page, key: str) -> None:
    """Open one of the menus of the bar: photo, model-menu, detail-menu, export."""
    page.locator(f".st-key-{key} button").first.click()


def choose(page: Page, label: str, option: str) -> None:
    """Click one option of a group of pills or segments."""
    page.locator(f'[data-testid=stButtonGroup] [aria-label="{label}"]').get_by_text(option, exact=True).click()
    settle(page)


def choose_picture(page: Page, title: str) -> None:
    menu(page, "photo")
    choose(page, "Picture", title)
    page.keyboard.press("Escape")
    settle(page)


def slide(page: Page, label: str, steps: int) -> None:
    """Move a slider of Streamlit's by so many steps with the arrow keys."""
    slider = page.locator(f'[data-testid=stSlider]:has-text("{label}")').get_by_role("slider")
    for _ in range(abs(steps)):
        before = slider.get_attribute("aria-valuenow") or ""
        slider.press("ArrowRight" if steps > 0 else "ArrowLeft")
        expect(slider).not_to_have_attribute("aria-valuenow", before)
    rest(page, 500)  # the slider tells the server once it rests
    settle(page)
