"""The lessons under a reader's hands: the keyboard alone, edits good and bad, and the link that carries them."""

from __future__ import annotations

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from tests.browser.explorer import parameters
from tests.browser.lessons import (
    LESSONS,
    choice,
    pill,
    preset,
    ready,
    rested,
    step,
    tab_to,
    vectors,
    visit,
    walk,
)
from tests.browser.matrix import cell, has, message, paste, table, values
from tests.browser.waiting import until

LONG_LINK = "The link carries the presets only: with the edited numbers it would be longer than 2,000 characters."


def figure(page: Page, name: str) -> Locator:
    return page.locator(f'svg.toy [data-name="{name}"]')


def type_into(page: Page, name: str, text: str) -> None:
    cell(page, name).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_keyboard_alone_is_enough(tab: Page, server: str, lesson: str) -> None:
    visit(tab, server, lesson)
    reached, unseen = walk(tab)
    assert unseen == []
    assert reached.count("SVG") == 1 and len(reached) > 50
    key = f"table-{LESSONS[lesson]}"
    row = walk_over_figure(tab, lesson)
    tab_to(tab, vectors(lesson)[0].title)
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Space")
    has(tab, key, preset(lesson, 1))
    tab_to(tab, "x1, column royal" if lesson == "multi_head" else "x1, column 1")
    tab.keyboard.type("2")
    tab.keyboard.press("Enter")
    edited = preset(lesson, 1).clone()
    edited[0, 0] = 2
    has(tab, key, edited)
    expect(figure(tab, "x/0/0")).to_have_attribute("data-value", "2")
    assert tab.locator(".regard-toy, .regard-heads-figure").get_attribute("data-row") == str(row)
    tab_to(tab, "The same in Python")
    tab.keyboard.press("Enter")
    expect(tab.locator("[data-testid=stExpander] [data-testid=stCode]").last).to_contain_text("[2.0, ")
    tab_to(tab, "Download")


def walk_over_figure(page: Page, lesson: str) -> int:
    """With the arrow keys; the row in which this ends, counted from 0."""
    if lesson == "multi_head":
        tab_to(page, stop="head")
        page.keyboard.press("ArrowRight")
        expect(page.locator(".regard-heads-figure")).to_have_attribute("data-followed", "2")
    else:
        tab_to(page, stop="step")
        page.keyboard.press("ArrowLeft")
        assert choice(page)["step"] == "5"
        expect(figure(page, "product/2/0/0")).to_have_count(1)
    tab_to(page, stop="weight")
    page.keyboard.press("ArrowRight")
    tab_to(page, stop="y")
    page.keyboard.press("ArrowDown")
    until(page, "() => location.search.includes('row=4')")
    if lesson == "self_attention":
        expect(table(page, "table-Y").locator("tr[aria-current=true] th")).to_have_text("y4")
    return 3


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_bad_edit_gets_one_sentence_and_the_last_good_matrix_stays(tab: Page, server: str, lesson: str) -> None:
    visit(tab, server, lesson)
    key = f"table-{LESSONS[lesson]}"
    before, numbers = values(tab, key), tab.locator("svg.toy text").all_text_contents()
    for text, reason in (
        ("abc", "“abc”, which is not a number"),
        ("nan", "“nan”, and only finite numbers"),
        ("", "is empty; every cell needs a number"),
        ("1e9", "only numbers from -1000 to 1000 are accepted"),
    ):
        type_into(tab, "x2, column 1", text)
        expect(message(tab, key)).to_contain_text(reason)
        said = message(tab, key).inner_text()
        assert said.startswith("X: row 2, column 1 is ") and said.endswith("The last good X stays.")
        expect(cell(tab, "x2, column 1")).to_have_attribute("data-value", "0.3")
        assert values(tab, key).equal(before)
        assert tab.locator("svg.toy text").all_text_contents() == numbers
        assert LESSONS[lesson] not in parameters(tab)
    type_into(tab, "x2, column 1", "1,5")
    expect(message(tab, key)).to_have_text("")
    expect(figure(tab, "x/1/0")).to_have_attribute("data-value", "1.5")


@pytest.mark.parametrize("lesson", LESSONS)
def test_edits_can_be_pasted_undone_kept_in_the_link_and_reset(tab: Page, server: str, lesson: str) -> None:
    name = LESSONS[lesson]
    visit(tab, server, lesson)
    pill(tab, "Vectors", "Two alike")
    alike = values(tab, f"table-{name}")
    cell(tab, "x1, column 1").click()
    paste(tab, "0,5\t-1\r\n2\t0.1234567890123\r\n")  # a spreadsheet's, at the first cell: it replaces all
    pasted = torch.tensor([[0.5, -1], [2, 0.1234567890123]], dtype=torch.float64)
    has(tab, f"table-{name}", pasted)
    expect(figure(tab, "x/1/1")).to_have_attribute("data-value", "0.1234567890123")
    type_into(tab, "x1, column 2", "7")
    has(tab, f"table-{name}", torch.tensor([[0.5, 7], [2, 0.1234567890123]], dtype=torch.float64))
    until(tab, "() => location.search.includes('=0.5_7~2_')")
    undo = tab.locator(f".st-key-undo-{name} button")
    undo.click()
    has(tab, f"table-{name}", pasted)
    kept = set_more(tab, lesson)
    assert parameters(tab)[name] == ["0.5_-1~2_0.1234567890123"]
    tab.reload()
    ready(tab)
    has(tab, f"table-{name}", pasted)
    assert read_more(tab, lesson) == kept
    tab.locator(f".st-key-reset-{name} button").click()
    has(tab, f"table-{name}", alike)
    expect(tab.locator(f".st-key-reset-{name} button")).to_be_disabled()
    assert name not in parameters(tab) and parameters(tab)["vectors8" if name == "X8" else "vectors"] == ["Two alike"]
    undo.click()  # a reset can be undone as well
    has(tab, f"table-{name}", pasted)


def set_more(page: Page, lesson: str) -> dict[str, object]:
    """A row, and on each page one thing more."""
    figure(page, "y/0/0").click()
    until(page, "() => location.search.includes('row=1')")
    if lesson == "self_attention":
        step(page, 3)
        until(page, "() => location.search.includes('step=3')")
        pill(page, "Mask", "Causal")
    else:
        edited = table(page, "table-Wq" if lesson == "queries_keys_values" else "table-W0").locator("input").first
        edited.fill("-0.75")
        edited.press("Enter")
        until(page, "() => /[?&]W[q0]=-0.75_/.test(location.search)")
    rested(page)
    return read_more(page, lesson)


def read_more(page: Page, lesson: str) -> dict[str, object]:
    shown = page.locator(".regard-toy, .regard-heads-figure")
    found: dict[str, object] = {"row": shown.get_attribute("data-row"), "step": shown.get_attribute("data-step")}
    found |= {"pills": page.locator("[data-testid=stButtonGroup] [aria-checked=true]").all_inner_texts()}
    for key in {"self_attention": (), "queries_keys_values": ("Wq", "bq"), "multi_head": ("W0", "b0")}[lesson]:
        found[key] = values(page, f"table-{key}").tolist()
    assert found["row"] == "0" and "Two alike" in found["pills"]  # type: ignore[operator]
    return found


@pytest.mark.parametrize("lesson", ["self_attention", "multi_head"])
def test_a_link_that_would_be_too_long_says_so(tab: Page, server: str, lesson: str) -> None:
    name = LESSONS[lesson]
    visit(tab, server, lesson)
    large = torch.linspace(-1, 1, 192, dtype=torch.float64).reshape(12, 16)
    cell(tab, "x1, column 1").click()
    paste(tab, "\n".join("\t".join(map(repr, row)) for row in large.tolist()))
    has(tab, f"table-{name}", large)
    expect(tab.get_by_text(LONG_LINK)).to_be_visible()
    assert name not in parameters(tab) and len(tab.url) < 2_000
    tab.locator(f".st-key-undo-{name} button").click()
    expect(tab.get_by_text(LONG_LINK)).to_have_count(0)
    has(tab, f"table-{name}", preset(lesson))
