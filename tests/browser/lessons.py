"""The pages of the lessons, and the figure of x1..xN on two of them, read and handled from a test."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import torch
from playwright.sync_api import Page
from torch import Tensor

from attention_core import AttentionTrace, attention
from attention_core.maths.positions import sinusoidal
from tests.browser.matrix import values
from tests.browser.waiting import PATIENCE_MS, answered, rest
from ui.lessons.vectors import Vectors, presets

Numbers = dict[str, float]
LESSONS = {"self_attention": "X", "queries_keys_values": "X", "multi_head": "X8"}
"""By page: what its X is called in the link."""
WEIGHTS: dict[str, dict[str, Any]] = {
    "Dot products": {"scale": 1.0, "normalise": False},
    "Softmax": {"scale": 1.0},
    "Scaled softmax": {},
}


def visit(page: Page, server: str, lesson: str, **asked: str) -> None:
    page.goto(f"{server}/{lesson}?{urlencode(asked)}")
    ready(page)


def ready(page: Page) -> None:
    page.wait_for_selector("svg.toy g[data-value]", timeout=PATIENCE_MS)
    rested(page)


def rested(page: Page) -> None:
    """Until the script has run."""
    rest(page, 150)
    answered(page)


def vectors(lesson: str) -> list[Vectors]:
    """What the pills offer, the opening one first."""
    return list(presets("vectors8.json" if lesson == "multi_head" else "vectors.json").values())


def preset(lesson: str, at: int = 0) -> Tensor:
    """The vectors (N, D) of one of the pills."""
    return vectors(lesson)[at].rows


def read(page: Page) -> Numbers:
    """All full values of the figure; each is there once, and what is written is that value, rounded."""
    found: list[list[str]] = page.locator(".regard-toy [data-value]").evaluate_all(
        "nodes => nodes.map(node => [node.dataset.name, node.dataset.value, node.textContent])"
    )
    assert len({name for name, *_ in found}) == len(found)
    for name, value, written in found:
        said = float(written.replace("−∞", "-inf").strip("()"))
        size = abs(float(value))
        rounding = 0.0051 if size < 9.995 else 0.051 if size < 99.95 else 0.51 if size < 999.5 else size / 19
        assert said == float(value) or abs(said - float(value)) <= rounding, (name, value, written)
    return {name: float(value) for name, value, _ in found}


@dataclass(frozen=True)
class Shown:
    """What a page shows, computed here. x (N, D); z (M, Dz) in cross-attention only."""

    trace: AttentionTrace
    x: Tensor
    z: Tensor | None = None
    projected: bool = False

    def numbers(self, step: int, row: int, pair: int | None = None) -> Numbers:
        """Every number that the figure has to show at this step, no more and no fewer; row and pair counted from 0."""
        trace = self.trace
        weights = trace.weights[row]
        at_step = {1: trace.scores, 2: trace.scaled, 3: trace.masked}.get(step, trace.weights)[row]
        found = named("x", self.x) if self.z is None else named("z", self.z) | named(f"x/{row}", self.x[row])
        found |= named(f"query/{row}", trace.q[row]) | named(f"w/{row}", at_step) | named(f"equation/{row}", weights)
        if self.projected:
            found |= named("k", trace.k) | named("v", trace.v) | (named("q", trace.q) if self.z is None else {})
        if step >= 5:
            found |= named(f"product/{row}", weights[:, None] * trace.v)
        if step == 6:
            found |= named("y", trace.output)
        return found | self.terms(step, row, weights.tolist().index(max(weights.tolist())) if pair is None else pair)

    def terms(self, step: int, row: int, pair: int) -> Numbers:
        """Of one weight: its dot product term by term, and what becomes of it."""
        trace = self.trace
        q, k = trace.q[row], trace.k[pair]
        found = named("term-q", q) | named("term-k", k) | named("term", q * k)
        stages = [float(of[row, pair]) for of in (trace.scores, trace.scaled, trace.masked, trace.weights)]
        return found | {"term-score": stages[0]} | {f"stage/{at}": value for at, value in enumerate(stages[:step])}


def self_attention(page: Page, asked: dict[str, str]) -> Shown:
    """From the X on the page and what the link asks for."""
    x = in_figure(values(page, "table-X"), asked)
    return Shown(attention(x, x, x, mask=masked(asked, len(x), len(x)), **WEIGHTS[asked.get("weights", "Dot products")]), x)


def queries_keys_values(page: Page, asked: dict[str, str]) -> Shown:
    """From the X, the Z, the W and the b on the page and what the link asks for."""
    x = in_figure(values(page, "table-X"), asked)
    z = values(page, "table-Z") if "source" in asked else None
    source = x if z is None else z
    q, k, v = (
        of @ values(page, f"table-W{role}") + values(page, f"table-b{role}")
        for role, of in zip("qkv", (x, source, source), strict=True)
    )
    return Shown(attention(q, k, v, mask=masked(asked, len(x), len(source))), x, z, projected=True)


def in_figure(x: Tensor, asked: dict[str, str]) -> Tensor:
    """x (N, D) in the order and with the positions that the link asks for."""
    order = [int(place) - 1 for place in asked["order"].split("_")] if "order" in asked else list(range(len(x)))
    return x[order] + sinusoidal(*x.shape).double() if "positions" in asked else x[order]


def masked(asked: dict[str, str], queries: int, keys: int) -> Tensor | None:
    """Written out here, not taken from attention_core.maths.masks."""
    row, column = torch.arange(queries)[:, None], torch.arange(keys)
    return {"Causal": column <= row, "Only before": column < row, "Window": (column - row).abs() <= 1}.get(
        asked.get("mask", "")
    )


def named(prefix: str, numbers: Tensor) -> Numbers:
    places = itertools.product(*map(range, numbers.shape))
    return {"/".join([prefix, *map(str, place)]): float(numbers[place]) for place in places}


def choice(page: Page) -> dict[str, str]:
    """The step of the figure, counted from 1, and its row, counted from 0."""
    return page.locator(".regard-toy").evaluate("root => ({ step: root.dataset.step, row: root.dataset.row })")


def step(page: Page, to: int) -> None:
    page.locator(".regard-toy .steps button").nth(to - 1).click()


def pill(page: Page, label: str, option: str) -> None:
    """Choose one option of a group."""
    page.locator(f'[data-testid=stButtonGroup] [aria-label="{label}"]').get_by_text(option, exact=True).click()
    rested(page)


def focused(page: Page) -> dict[str, Any]:
    """name, tag, stop (the group of a figure that an arrow key walks over), whether its looks say so."""
    return page.evaluate(
        """() => {
             let target = document.activeElement;
             while (target.shadowRoot?.activeElement) target = target.shadowRoot.activeElement;
             const name = target.ariaLabel ?? target.textContent.trim();
             const stop = target.dataset.stop ?? (target.closest(".steps") ? "step" : target.matches?.(".weight") ? "weight"
               : target.matches?.(".output") ? "y" : "");
             return { name, stop, tag: target.tagName };
           }"""
    )


def tab_to(page: Page, name: str = "", stop: str = "") -> None:
    for _ in range(300):
        page.keyboard.press("Tab")
        found = focused(page)
        if (stop and found["stop"] == stop) or (name and found["name"].endswith(name)):
            return
    raise AssertionError(f"Tab does not reach {name}{stop}")


_TAKE_STOCK = """async () => {
  let target = document.activeElement;
  while (target.shadowRoot?.activeElement) target = target.shadowRoot.activeElement;
  const looks = (node) => {
    const unseen = node.matches("input[type=checkbox], input[type=range]"); // what stands for it shows the focus
    const around = node.closest("[data-testid=stNumberInputContainer]") ?? (unseen ? node.parentElement.parentElement : node);
    const nodes = [around.parentElement ?? around, around, ...around.querySelectorAll("*")];
    const shown = nodes.filter((each) => each.getBoundingClientRect().width > 4 && !(unseen && each === node));
    const styles = ["outline", "boxShadow", "borderColor", "backgroundColor", "stroke", "strokeWidth", "textDecoration"];
    return JSON.stringify(shown.map((each) => styles.map((name) => getComputedStyle(each)[name])));
  };
  if (target.getRootNode() === document) { // Streamlit's own take a frame or two and fade
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    document.getAnimations().forEach((each) => each.effect.getComputedTiming().iterations === 1 && each.finish());
  }
  const before = window.taken;
  const changed = !before || looks(before.node) !== before.looks;
  window.taken = { node: target, looks: looks(target) };
  return { name: target.ariaLabel ?? target.textContent.trim(), tag: target.tagName, changed };
}"""


def walk(page: Page) -> tuple[list[str], list[str]]:
    """By Tab from the top to the end: what was reached, and what of it looks the same with the focus as without it."""
    reached: list[str] = []
    unseen: list[str] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        found = page.evaluate(_TAKE_STOCK)
        if reached and not found["changed"] and reached[-1] != "MAIN":
            unseen.append(reached[-1])
        if found["tag"] == "BODY" or found["name"] in reached[:1]:  # the browser may go round at once
            return reached, unseen
        reached.append("MAIN" if found["tag"] == "MAIN" else found["name"])  # the page itself, for the keys that scroll
    raise AssertionError("Tab finds no end")
