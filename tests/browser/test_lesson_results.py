"""What the lessons answer: order and positions, the matrix W, files, tasks, and links that nobody should have sent."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.explorer import parameters
from tests.browser.lessons import (
    LESSONS,
    Shown,
    choice,
    pill,
    preset,
    queries_keys_values,
    read,
    rested,
    self_attention,
    visit,
)
from tests.browser.matrix import has, message, values
from tests.browser.waiting import frame, rest, until

SVG = "{http://www.w3.org/2000/svg}"


def test_order_changes_nothing_but_places_until_there_are_positions(tab: Page, server: str) -> None:
    visit(tab, server, "self_attention", weights="Scaled softmax")
    plain = values(tab, "table-Y")
    tab.get_by_role("button", name="Shuffle").click()
    until(tab, "() => location.search.includes('order=')")
    expect(tab.get_by_text("Every output is what it was")).to_be_visible()
    asked = {"weights": "Scaled softmax", "order": parameters(tab)["order"][0]}
    order = [int(place) - 1 for place in asked["order"].split("_")]
    assert order != sorted(order) == list(range(5))
    assert values(tab, "table-X").equal(preset("self_attention"))
    assert torch.allclose(values(tab, "table-Y"), plain[order], atol=1e-12)
    assert tab.locator(".st-key-table-Y tbody th").all_inner_texts() == [f"y{at + 1}" for at in order]
    assert read(tab) == pytest.approx(self_attention(tab, asked).numbers(6, 2), abs=1e-6)
    tab.get_by_text("Add positions (sinusoidal)").click()
    expect(tab.get_by_text("Now order matters.")).to_be_visible()
    rested(tab)
    assert not torch.allclose(values(tab, "table-Y"), plain[order], atol=0.1)
    assert read(tab) == pytest.approx(self_attention(tab, asked | {"positions": "true"}).numbers(6, 2), abs=1e-6)
    tab.get_by_role("button", name="In order").click()
    until(tab, "() => !location.search.includes('order=')")


@pytest.mark.parametrize("lesson", ["self_attention", "queries_keys_values"])
def test_a_click_on_a_cell_of_w_chooses_its_row_and_its_key(tab: Page, server: str, lesson: str) -> None:
    asked = {"source": "another set z"} if lesson == "queries_keys_values" else {}
    visit(tab, server, lesson, **asked)
    shown = (queries_keys_values if asked else self_attention)(tab, asked)
    keys = shown.trace.weights.shape[1]
    chart = tab.locator(f".st-key-{'qkv-w' if asked else 'self-attention-w'}")
    for row, key in ((1, 2), (4, 0), (0, 1)):
        rested(tab)  # the chart is drawn again after each run, and a click in the middle of that is nobody's
        chart.scroll_into_view_if_needed()
        frame(tab)
        box = chart.locator(".scatterlayer .point").nth(row * keys + key).bounding_box()
        assert box is not None
        tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        until(tab, f"() => location.search.includes('row={row + 1}&pair={key + 1}')")
        expect(tab.locator(".regard-toy")).to_have_attribute("data-row", str(row))
        assert read(tab) == pytest.approx(shown.numbers(6, row, key), abs=1e-6)
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # once more: nothing new, and nothing fades
    rest(tab, 600)
    written = chart.locator(".scatterlayer text").all_text_contents()
    assert written == [f"{weight:.2f}" for weight in shown.trace.weights.flatten().tolist()]
    faint = chart.locator(".scatterlayer text").evaluate_all(
        "all => all.filter(text => +getComputedStyle(text).fillOpacity < 1)"
    )
    assert faint == []


FILES = {
    "self_attention": {"weights": "Softmax", "mask": "Causal"},
    "queries_keys_values": {"source": "another set z", "d": "3"},
}


@pytest.mark.parametrize("lesson", FILES)
def test_files_hold_the_numbers(tab: Page, server: str, lesson: str) -> None:
    asked = FILES[lesson]
    visit(tab, server, lesson, **asked)
    shown = (self_attention if lesson == "self_attention" else queries_keys_values)(tab, asked)
    rest(tab, 500)  # until what leaves has left
    name = lesson.replace("_", "-")
    drawing = ElementTree.fromstring(saved(tab, "SVG", f"{name}.svg").read_text())
    texts = {"".join(node.itertext()) for node in drawing.iter(f"{SVG}text")}
    assert {*tab.locator("svg.toy [data-value]").all_text_contents()} <= texts
    assert len(texts) > 30
    carried = {
        node.get("data-name"): float(node.get("data-value", "")) for node in drawing.iter(f"{SVG}g") if node.get("data-value")
    }
    expected = shown.numbers(6, 2)
    assert carried == pytest.approx({name: expected[name] for name in carried}, abs=1e-6) and len(carried) > 60
    picture = saved(tab, "PNG", f"{name}.png").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n" and len(picture) > 20_000
    size = [int.from_bytes(picture[at : at + 4], "big") for at in (16, 20)]
    assert size == [int(2 * float(drawing.attrib[side])) for side in ("width", "height")]
    lines = list(csv.DictReader(saved(tab, "Numbers (CSV)", f"{name}.csv").read_text().splitlines()))
    found = {(line["quantity"], int(line["row"]), int(line["column"])): float(line["value"]) for line in lines}
    assert found == pytest.approx(in_csv(shown), abs=1e-6) and len(found) == len(lines)


def saved(page: Page, button: str, name: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    assert download.value.suggested_filename == name
    return Path(download.value.path())


def in_csv(shown: Shown) -> dict[tuple[str, int, int], float]:
    tables = {name: getattr(shown.trace, name) for name in ("q", "k", "v", "scores", "scaled", "weights", "output")}
    tables |= {"x": shown.x} | ({} if shown.z is None else {"z": shown.z})
    return {
        (name, row, column): value
        for name, table in tables.items()
        for row, line in enumerate(table.tolist(), 1)
        for column, value in enumerate(line, 1)
    }


TASKS = {
    "self_attention": ("Make y₂ ignore x₅.", "Mask", "Causal", "Done: you brought w₂₅ below 0.01."),
    "queries_keys_values": (
        "Make all rows of W equal.",
        "Projections",
        "Zero queries",
        "Done: the weights of a row did not depend on its query.",
    ),
    "multi_head": ("Make Y the bare concatenation", "W₀", "Identity", "Done: W_0 only passes on."),
}


@pytest.mark.parametrize("lesson", TASKS)
def test_a_task_is_noticed_and_remembered(tab: Page, server: str, lesson: str) -> None:
    task, label, option, done = TASKS[lesson]
    visit(tab, server, lesson)
    expect(tab.get_by_text(task)).to_be_visible()
    expect(tab.get_by_text("Done:")).to_have_count(0)
    before = tab.locator(f'[aria-label="{label}"] [aria-checked=true]').inner_text()
    pill(tab, label, option)
    expect(tab.get_by_text(done)).to_be_visible()
    pill(tab, label, before)
    expect(tab.get_by_text("Done:")).to_have_count(1)


HOSTILE = {
    "a script": {"X": "<script>alert(1)</script>", "order": "1_1_1", "vectors": "<b>", "weights": "'; --"},
    "too much": {"X": "_".join(["1"] * 30_000), "draw": "9" * 40, "row": "999", "step": "-1", "pair": "0", "d": "1e9"},
    "no numbers": {"X": "nan_inf~1e999_", "Z": "~~~", "Wq": "1_2", "pieces": "abc", "row": "²", "order": "٣_1_2", "off": "99"},
    "ragged": {"X": "1_2~3", "bq": "_", "pieces": "3", "draw": "-1", "W0": "1", "source": "nobody", "order": "5_4_3_2_1_6"},
}


OPENED = [("self_attention", kind) for kind in HOSTILE]
OPENED += [(lesson, kind) for lesson in ("queries_keys_values", "multi_head") for kind in ("too much", "no numbers", "ragged")]


@pytest.mark.parametrize(("lesson", "kind"), OPENED)
def test_a_bad_link_opens_a_usable_page(tab: Page, server: str, lesson: str, kind: str) -> None:
    asked = HOSTILE[kind]
    key = f"table-{LESSONS[lesson]}"
    visit(tab, server, lesson, **{LESSONS[lesson] if name == "X" else name: value for name, value in asked.items()})
    expect(tab.locator("[data-testid=stException]")).to_have_count(0)
    expect(message(tab, key)).to_have_text(f"The link's {LESSONS[lesson]} could not be read; this is the preset.")
    has(tab, key, preset(lesson))
    if lesson != "multi_head":
        assert choice(tab) == {"step": "6", "row": "2"}
    elif kind == "ragged":
        expect(tab.get_by_text("3 heads do not divide a width of 8")).to_be_visible()
    pill(tab, "Vectors", "Two alike")
    has(tab, key, preset(lesson, 3 if lesson == "multi_head" else 2))
    expect(message(tab, key)).to_have_text("")
    expect(tab.locator("[data-testid=stException]")).to_have_count(0)
