"""The multi-head figure in both themes, on a phone and a desktop: all can be read, and nothing moves that need not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page

from tests.browser.axe import violations
from tests.browser.conftest import screenshot
from tests.browser.heads import address, number, ready
from tests.browser.serving import DESKTOP, PHONE
from tests.browser.test_matrix_looks import luminance
from tests.browser.themes import GROUNDS, turn

Open = Callable[..., Page]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
def test_figure_fits_its_screen_and_axe_finds_nothing(open_page: Open, figure: str, size: dict[str, int]) -> None:
    page = open_page(address(figure, {"off": "3"}), viewport=size | {"height": 1700})
    ready(page)
    for theme in GROUNDS:
        turn(page, theme)
        screenshot(page, f"heads-{size['width']}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        main = page.locator("[data-testid=stMain]").evaluate("main => [main.scrollWidth, main.clientWidth]")
        assert main[0] <= main[1]
        scrolled = page.locator(".frame[tabindex='0']").evaluate_all("frames => frames.map(frame => frame.ariaLabel)")
        assert ("Multi-head" in scrolled and None not in scrolled) if size is PHONE else scrolled == []
        assert violations(page) == []
        assert float(contrasts(page).min()) >= 4.5


def contrasts(page: Page) -> torch.Tensor:
    """Of every number in a cell of a head that is on, as it is painted. axe does not judge numbers in a drawing."""
    colours = page.locator("svg.toy").evaluate(
        """svg => {
             const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
             const style = getComputedStyle(svg);
             const paint = (colour, alpha) => {
               context.globalAlpha = alpha;
               context.fillStyle = colour;
               context.fillRect(0, 0, 1, 1);
               return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
             };
             const solid = [...svg.querySelectorAll(".grid")].filter(grid => grid.style.opacity === "1");
             return solid.flatMap(grid => [...grid.children]).map(cell => {
               const [box, text] = [...cell.children].map(getComputedStyle);
               paint(style.getPropertyValue("--st-background-color"), 1);
               if (cell.dataset.name.startsWith("head/")) paint(style.getPropertyValue("--st-secondary-background-color"), 1);
               const below = paint(box.fill, Number(box.fillOpacity));
               return [below, paint(text.fill, Number(text.fillOpacity))];
             });
           }"""
    )
    assert len(colours) == 3 * 45 + 3 * 40 + 72
    low, high = luminance(torch.tensor(colours) / 255).sort(dim=1).values.T
    return (high + 0.05) / (low + 0.05)


LAID_OUT = {
    "project": "",
    "slice": "reading=slice&off=2",
    "one head": "h=1",
    "eight heads": "h=8&reading=slice",
    "large": "n=12&d=16",
    "narrow": "n=2&d=2&h=2",
    "no W_0": "joined=no&captions=a cat sat on it",
}


def test_nothing_lies_on_what_is_written(open_page: Open, figure: str) -> None:
    """No text over another, none cut off, and no wire through one."""
    page = open_page(figure, reduced_motion="reduce")
    for name, asked in LAID_OUT.items():
        page.goto(f"{figure}/?{asked}")
        ready(page)
        found = page.locator("svg.toy").evaluate(
            """svg => {
                 const whole = svg.getBoundingClientRect();
                 const inked = ({ left, right, top, bottom, height }) =>  // without the empty part of the line
                   ({ left: left + 0.5, right: right - 0.5, top: top + 0.2 * height, bottom: bottom - 0.2 * height });
                 const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent)
                   .map(text => [text.textContent, inked(text.getBoundingClientRect())]);
                 const inside = (box, x, y) => x > box.left && x < box.right && y > box.top && y < box.bottom;
                 const apart = (a, b) => a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;
                 const cut = texts.filter(([, box]) => box.left < whole.left || box.right > whole.right
                   || box.top < whole.top || box.bottom > whole.bottom);
                 const over = texts.flatMap(([text, box], at) =>
                   texts.slice(at + 1).filter(([, other]) => !apart(box, other)).map(([other]) => [text, other]));
                 const through = [...svg.querySelectorAll(".wire path")].flatMap(path => {
                   const [length, screen] = [path.getTotalLength(), path.getScreenCTM()];
                   const point = (_, at) => path.getPointAtLength(length * at / 79).matrixTransform(screen);
                   const points = Array.from({ length: 80 }, point);
                   return texts.filter(([, box]) => points.some(({ x, y }) => inside(box, x, y)))
                     .map(([text]) => [path.parentNode.getAttribute("class"), text]);
                 });
                 return { texts: texts.length, cut: cut.map(([text]) => text), over, through };
               }"""
        )
        assert found.pop("texts") > 30
        assert found == {"cut": [], "over": [], "through": []}, name


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
def test_pointing_at_numbers_moves_nothing_else(open_page: Open, figure: str, size: dict[str, int]) -> None:
    page = open_page(figure, viewport=size, reduced_motion="reduce")
    ready(page)
    places = page.locator(".regard-heads-figure").evaluate(
        """root => {
             const parts = [root, ...root.querySelectorAll(".line, .actions")];
             const places = () => parts.map(each => each.getBoundingClientRect().bottom);
             return [places().join(), ...[...root.querySelectorAll("svg [data-name]")].map(node => {
               node.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
               return places().join();
             })];
           }"""
    )
    assert len(places) == 1 + 4 * 46 + 3 * 40 + 72
    assert len(set(places)) == 1


def test_a_reader_who_wants_no_motion_gets_none(open_page: Open, figure: str) -> None:
    moving = """nodes => nodes.filter(node => {
        const style = getComputedStyle(node);
        const some = times => times.split(",").some(time => parseFloat(time) > 0);
        return some(style.transitionDuration) || style.animationName !== "none";
    }).length"""
    for wanted in ("reduce", "no-preference"):
        page = open_page(figure, reduced_motion=wanted)
        ready(page)
        number(page, "y/0/3").click()
        count = page.locator(".regard-heads-figure *").evaluate_all(moving)
        assert count == 0 if wanted == "reduce" else count > 100
