"""The pages of the lessons, and the figure of x1..xN on two of them, read and handled from a test."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import torch
from playwright.sync_api import Locator, Page, expect
from torch import Tensor

from attention_core import AttentionTrace, attention
from attention_core.maths.positions import sinusoidal
from tests.browser.matrix import values
from tests.browser.serving import ROOT
from tests.browser.waiting import PATIENCE_MS, rest, until

Numbers = dict[str, float]
LESSONS = {"self_attention": "X", "queries_keys_values": "X", "multi_head": "X8"}
"""By page: what its X is called, in the link and as a table."""
WEIGHTS: dict[str, dict[str, Any]] = {
    "Dot products": {"scale": 1.0, "normalise": False},
    "Softmax": {"scale": 1.0},
    "Scaled softmax": {},
}


def visit(page: Page, server: str, lesson: str, **asked: str) -> None:
    """With a link that says something, for a tab keeps what it showed where the link says nothing."""
    page.goto(f"{server}/{lesson}?{urlencode(asked or {'step': '1'})}")
    ready(page)


def ready(page: Page) -> None:
    page.wait_for_selector(".regard-lesson svg.toy g[data-value]", timeout=PATIENCE_MS)
    confirmed(page)


def arrived(page: Page, lesson: str) -> None:
    """At this lesson, from another page."""
    until(page, f"() => location.pathname.endsWith('/{lesson}')")
    expect(root(page)).to_have_attribute("data-lesson", lesson)
    ready(page)


def root(page: Page) -> Locator:
    return page.locator(".regard-lesson")


def confirmed(page: Page) -> None:
    """Until Python has said that what is shown now is what torch computes."""
    rest(page, 450)
    expect(root(page)).to_have_attribute("data-confirmed", "true")


def preset(lesson: str, at: int = 0) -> Tensor:
    """The vectors (N, D) of one of the presets."""
    file = "vectors8.json" if lesson == "multi_head" else "vectors.json"
    presets = list(json.loads((ROOT / "assets/lessons" / file).read_text()).values())
    return torch.tensor(presets[at]["rows"], dtype=torch.float64)


def read(page: Page) -> Numbers:
    """All full values of figure, terms and equations; each is there once, and what is written is that value, rounded."""
    found: list[list[str]] = page.locator(":is(.stage, .equations) [data-value]").evaluate_all(
        """nodes => nodes.filter(node => node.dataset.name && !node.closest(".narration"))
             .map(node => [node.dataset.name, node.dataset.value, node.textContent])"""
    )
    assert len({name for name, *_ in found}) == len(found)
    for name, value, written in found:
        if not written.strip() or "≈" in written:
            assert not written.strip() or abs(float(value)) < 0.0005
            continue
        said = float(written.replace("−∞", "-inf").strip("()"))
        size = abs(float(value))
        rounding = (
            0.00051
            if size < 0.005
            else 0.0051
            if size < 9.995
            else 0.051
            if size < 99.95
            else 0.51
            if size < 999.5
            else size / 19
        )
        assert said == float(value) or abs(said - float(value)) <= rounding, (name, value, written)
    return {name: float(value) for name, value, _ in found}


@dataclass(frozen=True)
class Shown:
    """What a page shows, computed here. x (N, D); z (M, Dz) in cross-attention only."""

    trace: AttentionTrace
    x: Tensor
    z: Tensor | None = None
    matrices: dict[str, Tensor] | None = None

    def numbers(self, step: int, row: int, pair: int | None = None) -> Numbers:
        """Every number that the figure has to show at this step, no more and no fewer; row and pair counted from 0."""
        trace = self.trace
        weights = trace.weights[row]
        at_step = {1: trace.scores, 2: trace.scaled, 3: trace.masked}.get(step, trace.weights)[row]
        found = named("x", self.x) if self.z is None else named("z", self.z) | named(f"x/{row}", self.x[row])
        found |= named(f"query/{row}", trace.q[row]) | named(f"w/{row}", at_step) | named(f"equation/{row}", weights)
        if self.matrices is not None:
            for name, values in self.matrices.items():
                found |= named(name, values)
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
    x = in_figure(values(page, "X"), asked)
    return Shown(attention(x, x, x, mask=masked(asked, len(x), len(x)), **WEIGHTS[asked.get("weights", "Dot products")]), x)


def queries_keys_values(page: Page, asked: dict[str, str]) -> Shown:
    """From the X, the Z, the W and the b on the page and what the link asks for."""
    x = in_figure(values(page, "X"), asked)
    z = values(page, "Z") if "source" in asked else None
    source = x if z is None else z
    q, k, v = (
        of @ values(page, f"W{role}") + values(page, f"b{role}") for role, of in zip("qkv", (x, source, source), strict=True)
    )
    matrices = {f"W{role}": values(page, f"W{role}") for role in "qkv"}
    return Shown(attention(q, k, v, mask=masked(asked, len(x), len(source))), x, z, matrices)


def in_figure(x: Tensor, asked: dict[str, str]) -> Tensor:
    """x (N, D), whose rows stand in the table as they do in the figure, with the positions that the link asks for."""
    return x + sinusoidal(*x.shape).double() if "positions" in asked else x


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
    """The step, counted from 1, and the row, counted from 0."""
    return root(page).evaluate("root => ({ step: root.dataset.step, row: root.dataset.row })")


def step(page: Page, to: int) -> None:
    page.locator(".step-bar .steps button").nth(to - 1).click()


def choose(page: Page, label: str, option: str) -> None:
    """One option of a group."""
    page.get_by_role("radiogroup", name=label, exact=True).get_by_role("radio", name=option, exact=True).click()


def link_has(page: Page, text: str) -> None:
    until(page, f"() => location.search.includes({text!r})")


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


def tab_to(page: Page, name: str = "", stop: str = "", back: bool = False) -> None:
    for _ in range(300):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        found = focused(page)
        if (stop and found["stop"] == stop) or (name and found["name"].endswith(name)):
            return
    raise AssertionError(f"Tab does not reach {name}{stop}")


_TAKE_STOCK = """async () => {
  let target = document.activeElement;
  while (target.shadowRoot?.activeElement) target = target.shadowRoot.activeElement;
  const looks = (node) => {
    const streamlits = node.getRootNode() === document;
    const unseen = streamlits && node.matches("input[type=checkbox], input[type=range]"); // what stands for it shows the focus
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
