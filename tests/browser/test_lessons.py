"""The lessons in the app: computed in the browser, confirmed by torch, kept in the link, and led from one to the next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.explorer import parameters
from tests.browser.lessons import (
    LESSONS,
    arrived,
    choice,
    choose,
    confirmed,
    link_has,
    preset,
    queries_keys_values,
    read,
    ready,
    self_attention,
    step,
    visit,
)
from tests.browser.matrix import cell, has, message, paste, place, type_into, values
from tests.browser.waiting import answered, frame, rest, runs, until

Open = Callable[..., Page]
SEEN = [
    ("self_attention", {}),
    ("self_attention", {"weights": "Softmax", "mask": "Causal", "step": "3"}),
    ("self_attention", {"weights": "Scaled softmax", "positions": "true", "order": "3_1_2_5_4", "step": "6"}),
    ("queries_keys_values", {"step": "6"}),
    ("queries_keys_values", {"recipe": "Random", "draw": "3", "mask": "Window", "step": "4"}),
    ("queries_keys_values", {"source": "another set z", "d": "3", "step": "5"}),
]


@pytest.mark.parametrize(("lesson", "asked"), SEEN)
def test_every_number_is_torchs(tab: Page, server: str, lesson: str, asked: dict[str, str]) -> None:
    visit(tab, server, lesson, **asked)
    rest(tab, 500)
    shown = (self_attention if lesson == "self_attention" else queries_keys_values)(tab, asked)
    assert read(tab) == pytest.approx(shown.numbers(int(asked.get("step", "1")), 2), abs=1e-6)


def test_a_first_visit_is_led_from_dot_products_to_the_next_lesson(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/self_attention", reduced_motion="reduce")
    ready(page)
    assert choice(page)["step"] == "1" and parameters(page) == {}
    expect(page.locator(".narration-text")).to_contain_text("is the query. It has one dot product")
    expect(page.locator(".term-hint")).to_have_count(3)  # query, dot product, token
    expect(page.locator(".skipped")).to_have_text(
        "Skipped: scale (not used in this form), mask (no mask is set), softmax (not used in this form)."
    )
    page.get_by_role("button", name="One step on").click()
    page.get_by_role("button", name="One step on").click()
    expect(page.locator(".narration-text")).to_contain_text("not to 1.")
    assert choice(page)["step"] == "6"
    page.get_by_role("button", name="Softmax →").click()
    expect(page.locator(".term-hint")).to_have_count(1)
    expect(page.locator(".narration-text")).to_contain_text("that sum to 1")
    step(page, 6)
    page.get_by_role("button", name="Divide by √d = √4 →").click()
    expect(page.locator(".steps [aria-pressed=true]")).to_have_text("2 Scale")
    step(page, 6)
    page.locator(".lead").click()
    arrived(page, "queries_keys_values")
    expect(page.locator(".term-hint")).to_have_count(0)  # explained once
    page.get_by_role("button", name="dot product", exact=True).click()
    expect(page.locator(".term-hint")).to_contain_text("multiply two vectors number by number")


@pytest.mark.parametrize("lesson", LESSONS)
def test_an_edit_is_there_in_the_next_frame_and_torch_confirms_it(tab: Page, server: str, lesson: str) -> None:
    name = LESSONS[lesson]
    visit(tab, server, lesson, step="6")
    type_into(tab, name, "x2, column 1", "-0,5")
    frame(tab)
    assert values(tab, name)[1, 0] == -0.5
    shown = "x/1/0"
    expect(tab.locator(f'svg.toy [data-name="{shown}"]')).to_have_attribute("data-value", "-0.5")
    confirmed(tab)
    link_has(tab, f"{name}=")
    before = values(tab, name)
    figure_cell = tab.locator('svg.toy [data-cell="X/0/0"]')
    box = figure_cell.bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 40, steps=4)
    tab.mouse.up()
    frame(tab)
    dragged = values(tab, name)
    assert dragged[0, 0] > before[0, 0] + 0.5 and dragged.flatten()[1:].equal(before.flatten()[1:])
    confirmed(tab)
    place(tab, name).get_by_role("button", name="Undo").click()  # the whole drag
    has(tab, name, before)


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_script_runs_for_what_a_reader_changes(tab: Page, server: str, lesson: str) -> None:
    name = LESSONS[lesson]
    visit(tab, server, lesson, step="2")
    answered(tab)
    before = runs(tab)
    type_into(tab, name, "x1, column 1", "2.5")
    confirmed(tab)
    choose(tab, "Vectors", "Two alike")
    choose(tab, "Mask", "Causal")
    confirmed(tab)
    tab.get_by_text("Read the Python program").click()
    expect(tab.locator(".regard-lesson-files code")).to_contain_text("mask = torch.tensor")
    choose(tab, "Mask", "None")
    expect(tab.locator(".regard-lesson-files code")).not_to_contain_text("mask = torch.tensor")
    with tab.expect_download() as program:
        tab.get_by_role("button", name="The same in Python").click()
    assert program.value.suggested_filename == f"{lesson}.py"
    answered(tab)
    assert runs(tab) == before > 0


def test_where_torch_disagrees_the_page_says_so(open_page: Open, server: str) -> None:
    """The browser's exponentials are made wrong, so that its softmax is."""
    page = open_page(f"{server}/self_attention?weights=Softmax")
    ready(page)
    page.evaluate("() => { const exp = Math.exp; Math.exp = x => exp(x) + 0.001; }")
    choose(page, "Vectors", "Two alike")
    expect(page.get_by_text("Python and this page compute different numbers")).to_be_visible()
    expect(page.locator(".regard-lesson")).to_have_attribute("data-confirmed", "false")
    choose(page, "Weights are", "Dot products")
    expect(page.get_by_text("Python and this page compute different numbers")).to_have_count(0)


def test_tasks_are_ticked_kept_and_lead_on(tab: Page, server: str) -> None:
    visit(tab, server, "self_attention")
    expect(tab.locator(".task")).to_have_text("1 of 3 Make y₂ ignore x₅.")
    choose(tab, "Mask", "Causal")
    expect(tab.locator(".task-hint")).to_have_text("Done: you brought w₂₅ below 0.01.")
    expect(tab.locator(".tick")).to_have_text(["✓", "2", "3"])
    link_has(tab, "done=1")
    choose(tab, "Mask", "None")
    until(tab, "() => !location.search.includes('mask=')")
    tab.reload()
    ready(tab)
    expect(tab.locator(".tick")).to_have_text(["✓", "2", "3"])
    expect(tab.locator(".task")).to_contain_text("2 of 3")
    expect(tab.locator(".next-page")).to_be_hidden()
    choose(tab, "Weights are", "Softmax")
    cell(tab, "X", "x1, column 1").click()
    paste(tab, "1\t1\n1\t1\n1\t1")
    expect(tab.locator(".tick")).to_have_text(["✓", "✓", "3"])
    cell(tab, "X", "x1, column 1").click()
    paste(tab, "1\t1\n5\t5")
    expect(tab.locator(".tick")).to_have_text(["✓", "✓", "✓"])
    tab.get_by_role("button", name="Next: Queries, keys, values →").click()
    arrived(tab, "queries_keys_values")


def test_without_w0_all_that_comes_before_is_y(tab: Page, server: str) -> None:
    """A step that is left out leaves nothing to come."""
    visit(tab, server, "multi_head", join="Off", step="6")
    assert choice(tab)["step"] == "5"
    output = values(tab, "Y")
    for row in range(5):
        for column in range(8):
            shown = tab.locator(f'svg.toy [data-name="y/{row}/{column}"]')
            expect(shown).to_have_attribute("data-value", str(output[row, column].item()))


@pytest.mark.parametrize("lesson", LESSONS)
def test_edits_can_be_pasted_undone_kept_in_the_link_and_reset(tab: Page, server: str, lesson: str) -> None:
    name = LESSONS[lesson]
    visit(tab, server, lesson)
    choose(tab, "Vectors", "Two alike")
    alike = preset(lesson, 3 if lesson == "multi_head" else 2)
    has(tab, name, alike)
    cell(tab, name, "x1, column 1").click()
    paste(tab, "0,5\t-1\r\n2\t0.1234567890123\r\n")  # a spreadsheet's, at the first cell: it replaces all
    pasted = torch.tensor([[0.5, -1], [2, 0.1234567890123]], dtype=torch.float64)
    has(tab, name, pasted)
    type_into(tab, name, "x1, column 2", "7")
    has(tab, name, torch.tensor([[0.5, 7], [2, 0.1234567890123]], dtype=torch.float64))
    link_has(tab, "=0.5_7~2_")
    place(tab, name).get_by_role("button", name="Undo").click()
    has(tab, name, pasted)
    link_has(tab, "=0.5_-1~2_0.1234567890123")
    tab.reload()
    ready(tab)
    has(tab, name, pasted)
    place(tab, name).get_by_role("button", name="Reset").click()
    has(tab, name, alike)
    until(tab, f"() => !location.search.includes('{name}=')")
    place(tab, name).get_by_role("button", name="Undo").click()  # a reset can be undone as well
    has(tab, name, pasted)


def test_a_link_that_would_be_too_long_says_so(tab: Page, server: str) -> None:
    visit(tab, server, "self_attention")
    large = torch.linspace(-1, 1, 192, dtype=torch.float64).reshape(12, 16)
    cell(tab, "X", "x1, column 1").click()
    paste(tab, "\n".join("\t".join(map(repr, row)) for row in large.tolist()))
    has(tab, "X", large)
    expect(tab.get_by_text("longer than 2,000 characters")).to_be_visible()
    assert "X" not in parameters(tab)
    tab.reload()
    ready(tab)
    has(tab, "X", large)
    place(tab, "X").get_by_role("button", name="Undo").click()
    expect(tab.get_by_text("longer than 2,000 characters")).to_have_count(0)
    has(tab, "X", preset("self_attention"))


def test_back_and_forward_and_the_menu_bring_a_lesson_back_as_it_was(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/self_attention?weights=Softmax&row=2&step=6", reduced_motion="reduce")
    ready(page)
    type_into(page, "X", "x1, column 1", "3.5")
    link_has(page, "X=3.5_")
    page.locator(".steps button").nth(4).click()
    link_has(page, "step=5")
    step(page, 6)
    choose(page, "Weights are", "Scaled softmax")
    page.locator(".lead").click()
    arrived(page, "queries_keys_values")
    choose(page, "Projections", "Random")
    link_has(page, "recipe=Random")
    page.go_back()
    arrived(page, "self_attention")
    assert values(page, "X")[0, 0] == 3.5 and choice(page) == {"step": "6", "row": "1"}
    page.go_forward()
    arrived(page, "queries_keys_values")
    expect(page.get_by_role("radio", name="Random", exact=True).first).to_have_attribute("aria-checked", "true")
    page.reload()  # which ends the session, and with it what Python has kept of the other lesson
    arrived(page, "queries_keys_values")
    page.get_by_test_id("stTopNavSection").filter(has_text="Learn").click()
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text="Self-attention").click()
    arrived(page, "self_attention")
    assert values(page, "X")[0, 0] == 3.5
    link_has(page, "X=3.5_")


def test_the_menu_brings_back_what_can_be_undone(tab: Page, server: str) -> None:
    visit(tab, server, "self_attention")
    for number in ("3.5", "4.5"):
        type_into(tab, "X", "x1, column 1", number)
    link_has(tab, "X=4.5_")
    for name, path in (("Multi-head", "multi_head"), ("Self-attention", "self_attention")):
        tab.get_by_test_id("stTopNavSection").filter(has_text="Learn").click()
        tab.get_by_test_id("stTopNavDropdownLink").filter(has_text=name).click()
        arrived(tab, path)
    assert values(tab, "X")[0, 0] == 4.5
    place(tab, "X").get_by_role("button", name="Undo").click()
    frame(tab)
    assert values(tab, "X")[0, 0] == 3.5, "and not the preset, as after a link alone"


def test_a_shuffle_takes_the_chosen_rows_along_and_tables_face_each_other(tab: Page, server: str) -> None:
    visit(tab, server, "self_attention", weights="Scaled softmax", step="6")
    plain = values(tab, "Y")
    tab.get_by_role("button", name="Shuffle").click()
    expect(tab.get_by_text("Each output moved with its vector")).to_be_visible()
    link_has(tab, "order=")
    order = [int(at) - 1 for at in parameters(tab)["order"][0].split("_")]
    assert order != sorted(order) == list(range(5))
    assert values(tab, "X").equal(preset("self_attention")[order])
    assert torch.allclose(values(tab, "Y"), plain[order], atol=1e-12)
    assert int(choice(tab)["row"]) == order.index(2)  # still x3
    for name, letter in (("X", "x"), ("Y", "y")):
        heads = place(tab, name).locator("tbody th").all_inner_texts()
        assert [head.replace("\n", "") for head in heads] == [f"{letter}{at + 1}" for at in order]
    shown = self_attention(tab, {"weights": "Scaled softmax"})
    rest(tab, 500)
    assert read(tab) == pytest.approx(shown.numbers(6, order.index(2)), abs=1e-6)
    type_into(tab, "X", f"x{order[0] + 1}, column 1", "9")
    confirmed(tab)
    tab.get_by_role("button", name="In order").click()
    assert values(tab, "X")[order[0], 0] == 9


HOSTILE = {
    "a script": {"X": "<script>alert(1)</script>", "order": "1_1_1", "vectors": "<b>", "weights": "'; --", "cells": "<i>"},
    "too much": {"X": "_".join(["1"] * 30_000), "draw": "9" * 40, "row": "999", "step": "-1", "pair": "0", "d": "1e9"},
    "no numbers": {"X": "nan_inf~1e999_", "Z": "~~~", "Wq": "1_2", "pieces": "abc", "row": "²", "order": "٣_1_2", "off": "99"},
    "ragged": {"X": "1_2~3", "bq": "_", "pieces": "3", "draw": "-1", "W0": "1", "source": "nobody", "order": "5_4_3_2_1_6"},
}


@pytest.mark.parametrize(
    ("lesson", "kind"),
    [
        ("self_attention", "a script"),
        ("queries_keys_values", "too much"),
        ("multi_head", "no numbers"),
        *((lesson, "ragged") for lesson in LESSONS),
    ],
)
def test_a_bad_link_opens_a_usable_page(tab: Page, server: str, lesson: str, kind: str) -> None:
    key = LESSONS[lesson]
    visit(tab, server, lesson, **{key if name == "X" else name: value for name, value in HOSTILE[kind].items()})
    expect(tab.locator("[data-testid=stException]")).to_have_count(0)
    expect(message(tab, key)).to_have_text(f"The link's {key} could not be read. This is the preset.")
    has(tab, key, preset(lesson))
    if lesson == "multi_head" and kind == "ragged":
        expect(tab.get_by_text("A width of 8 cannot be divided among 3 heads. The page shows 2 heads.")).to_be_visible()
    choose(tab, "Vectors", "Two alike")
    has(tab, key, preset(lesson, 3 if lesson == "multi_head" else 2))
    expect(message(tab, key)).to_have_text("")
    confirmed(tab)
