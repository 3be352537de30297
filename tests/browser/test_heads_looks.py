"""The multi-head figure in both themes and every room: all can be read, nothing is cut, and nothing moves that need not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import screenshot
from tests.browser.heads import number, show
from tests.browser.heads_page import ROOMS, built, data_of
from tests.browser.test_matrix_looks import luminance
from tests.browser.waiting import rest

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]


@pytest.mark.parametrize("room", ROOMS)
def test_figure_fits_its_room_and_axe_finds_nothing(heads: Open, room: str) -> None:
    page = heads(built(off=(2,), causal=True), room=room)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        screenshot(page, f"heads-{room}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        size = page.locator("svg.heads").bounding_box()
        assert size and (size["width"], size["height"]) == (ROOMS[room]["width"], ROOMS[room]["height"])
        rest(page, 300)  # until frames that scroll can be reached
        found = Axe().run(page, context={"include": [["#figure"], ["#derivation"]]}).response
        assert found["passes"]
        assert [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]] == []
        assert float(contrasts(page).min()) >= 4.5


def contrasts(page: Page) -> torch.Tensor:
    """Of every number in a cell of a head that is on, as it is painted. axe does not judge numbers in a drawing."""
    colours = page.locator("svg.heads").evaluate(
        """svg => {
             const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
             const probe = document.body.appendChild(document.createElement("i"));
             const named = name => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
             const paint = (colour, alpha) => {
               context.globalAlpha = alpha;
               context.fillStyle = colour;
               context.fillRect(0, 0, 1, 1);
               return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
             };
             const solid = [...svg.querySelectorAll(".grid")].filter(grid => grid.style.opacity === "1");
             return solid.flatMap(grid => [...grid.children]).filter(cell => cell.textContent).map(cell => {
               const [box, text] = [...cell.children].map(getComputedStyle);
               paint(named("--st-background-color"), 1);
               if (cell.dataset.name?.startsWith("head/")) paint(named("--st-secondary-background-color"), 1);
               const below = paint(box.fill, Number(box.fillOpacity));
               return [below, paint(text.fill, Number(text.fillOpacity))];
             });
           }"""
    )
    low, high = luminance(torch.tensor(colours) / 255).sort(dim=1).values.T
    return (high + 0.05) / (low + 0.05)


LAID_OUT: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "project": ({}, "a cat sat on it"),
    "slice": ({"reading": "slice", "off": (1,)}, ""),
    "one head": ({"heads": 1}, ""),
    "two heads": ({"heads": 2, "causal": True}, ""),
    "eight heads": ({"heads": 8, "reading": "slice"}, "king queen lion mice ruled"),
    "large": ({"tokens": 12, "dim": 16}, ""),
    "narrow": ({"tokens": 2, "dim": 2, "heads": 2}, ""),
    "no W_0": ({"joined": False}, "a cat sat on it"),
}

LEGIBLE: Final = """svg => {
  const whole = svg.getBoundingClientRect();
  const inked = ({ left, right, top, bottom, height }) =>  // without the empty part of the line
    ({ left: left + 0.5, right: right - 0.5, top: top + 0.24 * height, bottom: bottom - 0.24 * height });
  const nodes = [...svg.querySelectorAll("text")].filter(text => text.textContent);
  const texts = nodes.map(text => [text.textContent, inked(text.getBoundingClientRect())]);
  const inside = (box, x, y) => x > box.left && x < box.right && y > box.top && y < box.bottom;
  const apart = (a, b) => a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;
  const cut = texts.filter(([, box]) => box.left < whole.left || box.right > whole.right
    || box.top < whole.top || box.bottom > whole.bottom);
  const over = texts.flatMap(([text, box], at) =>
    texts.slice(at + 1).filter(([, other]) => !apart(box, other)).map(([other]) => [text, other]));
  const through = [...svg.querySelectorAll(".wire path")].flatMap(path => {
    const [length, screen] = [path.getTotalLength(), path.getScreenCTM()];
    const points = Array.from({ length: 80 }, (_, at) => path.getPointAtLength(length * at / 79).matrixTransform(screen));
    return texts.filter(([, box]) => points.some(({ x, y }) => inside(box, x, y)))
      .map(([text]) => [path.parentNode.getAttribute("class"), text]);
  });
  const size = text => parseFloat(getComputedStyle(text).fontSize);
  const low = cell => cell.querySelector("rect").getBoundingClientRect();
  const spilt = [...svg.querySelectorAll(".cell")].filter(cell => cell.textContent).filter(cell => {
    const [box, text] = [low(cell), cell.querySelector("text").getBoundingClientRect()];
    return text.left < box.left - 0.6 || text.right > box.right + 0.6;
  });
  return { texts: texts.length, cut: cut.map(([text]) => text), over, through,
           spilt: spilt.map(cell => [cell.dataset.name, cell.textContent]),
           digits: Math.min(...nodes.filter(text => text.closest(".cell")).map(size)),
           labels: Math.min(...nodes.filter(text => !text.closest(".cell")).map(size)) };
}"""


GONE: Final = """() => document.querySelectorAll("svg.heads g[style*='pointer-events: none']").forEach(each => each.remove())"""
"""What leaves the figure, which nobody sees any more without animations, has left it."""


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_lies_on_what_is_written(heads: Open, room: str) -> None:
    """No text over another, none cut off or wider than its cell, none too small, and no wire through one."""
    page = heads(room=room)
    for name, (case, captions) in LAID_OUT.items():
        for step in (1, 2, 6):
            choice = {"row": 1, "column": 1, "followed": None, "part": None, "pair": None, "step": step}
            show(page, data=data_of(*built(**case), captions=captions), choice=choice)
            page.evaluate(GONE)
            found = page.locator("svg.heads").evaluate(LEGIBLE)
            assert found.pop("texts") > 8
            assert found.pop("labels") >= 11, name
            assert (found.pop("digits") or 99) >= ROOMS[room]["digits"], name
            assert found == {"cut": [], "over": [], "through": [], "spilt": []}, (name, step)


@pytest.mark.parametrize("room", ["stage", "presented", "wide"])
def test_a_lesson_has_its_digits(heads: Open, room: str) -> None:
    """Of x, V, W·V, the concatenation, W_0 and y; a number that is far longer than the others may stay away."""
    for reading in ("project", "slice"):
        page = heads(built(reading=reading), room=room)
        silent = page.locator("svg.heads .cell").evaluate_all(
            "cells => cells.filter(cell => !cell.textContent).map(cell => cell.dataset.name)"
        )
        wanted = [name for name in silent if name.split("/")[0] in ("x", "concat", "w0", "b0", "y")]
        wanted += [name for name in silent if name.split("/")[2:3] in (["v"], ["out"])]
        assert wanted == []


def test_pointing_at_numbers_moves_nothing(heads: Open) -> None:
    page = heads(built(off=(1,)))
    places = page.evaluate(
        """() => {
             const parts = [...document.querySelectorAll("svg.heads :is(.cell, .panel, .eye) > rect")];
             const place = ({ x, y, width, height }, { e, f }) => [x + e, y + f, width, height];
             const still = () => parts.map(node => place(node.getBBox(), node.getCTM())).join();
             return [still(), ...[...document.querySelectorAll("svg.heads [data-name]")].map(node => {
               node.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
               return still();
             })];
           }"""
    )
    assert len(places) > 400
    assert len(set(places)) == 1


def test_a_reader_who_wants_no_motion_gets_none(heads: Open) -> None:
    moving = """nodes => nodes.filter(node => {
        const style = getComputedStyle(node);
        const some = times => times.split(",").some(time => parseFloat(time) > 0);
        return some(style.transitionDuration) || style.animationName !== "none";
    }).length"""
    for wanted in ("reduce", "no-preference"):
        page = heads(reduced_motion=wanted)
        number(page, "y/0/3").click()
        expect(page.locator("svg.heads.resized")).to_have_count(0)  # while which nothing moves
        count = page.locator("svg.heads *").evaluate_all(moving)
        assert count == 0 if wanted == "reduce" else count > 100
