"""Reading and handling the page "What if" from a test, as a person would."""

from __future__ import annotations

from functools import cache

import torch
from playwright.sync_api import Locator, Page
from torch import Tensor

from attention_core import VisionModel, load_model
from attention_core.interventions.change import Change, change
from attention_core.interventions.edits import parse_edits
from attention_core.interventions.outcome import Outcome, run
from tests.browser.waiting import PATIENCE_MS, answered, frame, rest, until
from ui import pictures

WHAT_IF = "globalThis.regardComparisons.get('what-if')"
ACTS = "globalThis.regardActs.get('what-if')"
HEADS = 6


def wait_for_pictures(page: Page) -> None:
    page.wait_for_selector(".regard-compare .half .head .query-name:not(:empty)", timeout=PATIENCE_MS)
    page.wait_for_selector(".regard-edit-heads .cells button", timeout=PATIENCE_MS)
    settle(page)


def settle(page: Page) -> None:
    """Until the right side has all changes, and both are drawn."""
    rest(page, 400)
    answered(page)
    until(page, f"() => !{WHAT_IF}.stale.has(1) && {WHAT_IF}.shown().drawn.every(each => each !== null)")
    frame(page)


def head(page: Page, layer: int, number: int) -> Locator:
    return page.locator(f'.regard-edit-heads .cells button[data-layer="{layer}"][data-head="{number}"]')


def chips(page: Page) -> list[str]:
    return [chip.inner_text().removesuffix("×").strip() for chip in page.locator(".regard-strip .chip").all()]


def edits(page: Page) -> str:
    found: str = page.evaluate(f"() => {ACTS}.wanted.edits")
    return found


def drawn(page: Page, side: int) -> Tensor:
    """What is drawn over a picture, (N,), once it is."""
    until(page, f"() => {WHAT_IF}.shown().drawn[{side}] !== null")
    return torch.tensor(page.evaluate(f"side => [...{WHAT_IF}.shown().drawn[side].values]", side))


def moved(page: Page) -> list[float]:
    """The numbers over the pictures."""
    numbers = page.locator(".regard-strip .moved .number").all()
    return [float(number.get_attribute("data-value") or "nan") for number in numbers]


@cache
def model() -> VisionModel:
    return load_model("dinov2-small")


@cache
def outcome(text: str, across: int) -> Outcome:
    """Of DINOv2-small over the astronaut, by a pass of its own."""
    return run(model(), pictures.photograph("astronaut").image, across, parse_edits(text))


def changed(text: str, across: int) -> Change:
    return change(model(), outcome("", across), outcome(text, across))


def attention(text: str, across: int, layer: int, patch: int) -> Tensor:
    """The mean of all heads on the patches, (N,)."""
    return outcome(text, across).record.layers[layer].rows([1 + patch])[0, :, 0, 1:].mean(0)
