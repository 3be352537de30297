"""Every number of the multi-head figure is torch's, and what is written out on the page adds up."""

from __future__ import annotations

import csv
import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.heads import Numbers, address, choice, largest, number, of_derivation, of_figure, read, ready
from tests.browser.heads_app import OTHER, asked_for
from tests.browser.waiting import rest

Open = Callable[..., Page]

CASES = {
    "project": {},
    "slice": {"reading": "slice", "n": "3", "d": "6", "h": "2"},
    "off": {"off": "13"},
    "all off": {"off": "1234"},
    "no W_0": {"joined": "no", "off": "3"},
    "one head": {"h": "1"},
    "heads of width 1": {"h": "8", "reading": "slice"},
    "large": {"n": "12", "d": "16", "h": "4", "causal": "yes"},
    "causal": {"causal": "yes", "captions": "a cat sat on it"},
    "one token": {"n": "1", "d": "2", "h": "2"},
}


@pytest.mark.parametrize("asked", CASES.values(), ids=CASES.keys())
def test_all_numbers_are_torchs_and_add_up(open_page: Open, figure: str, asked: dict[str, str]) -> None:
    page = open_page(address(figure, asked), reduced_motion="reduce")
    ready(page)
    layer, trace, on = asked_for(asked)
    expected = of_figure(layer, trace)
    rows, dim, heads = len(trace.x), layer.dim, layer.num_heads
    squares = dim * dim + dim if layer.W_0 is not None else 0
    assert len(expected) == 3 * rows * dim + heads * rows * rows + 2 * rows * dim + squares
    assert choice(page) == largest(layer, trace, min(2, rows - 1), 0)
    clicks = ["", f"y/{rows - 1}/{dim - 1}", f"head/{heads - 1}/w/0/{rows - 1}", f"head/{heads // 2}/v/{rows // 2}/0"]
    clicks += [f"w0/{dim - 1}/{dim // 2}"] * bool(squares) + [f"concat/0/{dim - 1}", f"head/0/out/{rows - 1}/0"]
    for name in clicks:
        if name:
            number(page, name).click()
        assert read(page, "svg.toy") == pytest.approx(expected, abs=1e-9), name
        written = read(page, ".derivation")
        assert written == pytest.approx(of_derivation(layer, trace, on, choice(page)), abs=1e-9), name
        adds_up(written, choice(page), layer.head_dim)
    assert choice(page) | {"column": 0, "pair": 0} == {"row": rows - 1, "column": 0, "followed": 0, "part": 0, "pair": 0}


def adds_up(written: Numbers, at: dict[str, int], head_dim: int) -> None:
    """By the numbers on the page alone."""

    def products(first: str, second: str) -> list[float]:
        pairs = zip(under(written, first), under(written, second), strict=True)
        return [left * right for left, right in pairs]

    contributions = under(written, "contribution")
    assert sum(contributions) + written.get("derived/b0", 0) == pytest.approx(written["derived/y"], abs=1e-9)
    if "term-w0/0" in written:
        joined = products("term-concat", "term-w0")
        for head, contribution in enumerate(contributions):
            assert sum(joined[head * head_dim : (head + 1) * head_dim]) == pytest.approx(contribution, abs=1e-9)
        assert written[f"term-concat/{at['followed'] * head_dim + at['part']}"] == written["derived/concat"]
    output = written.get("derived/output", written["derived/concat"])
    assert sum(products("term-w", "term-v")) == pytest.approx(output, abs=1e-9)
    weights = torch.tensor(under(written, "score"), dtype=torch.float64).softmax(0).tolist()
    assert under(written, "term-w") == pytest.approx(weights, abs=1e-9)
    assert written[f"term-w/{at['pair']}"] == written["derived/w"]
    queries = products("term-q", "term-k")
    assert sum(queries) / math.sqrt(len(queries)) == pytest.approx(written["derived/score"], abs=1e-9)
    assert written[f"score/{at['pair']}"] in (written["derived/score"], -math.inf)
    assert sum(products("term-x", "term-wv")) + written["term-bv"] == pytest.approx(written["derived/v"], abs=1e-9)
    assert written[f"term-v/{at['pair']}"] == written["derived/v"]


def under(written: Numbers, prefix: str) -> list[float]:
    return [value for name, value in written.items() if name.startswith(f"{prefix}/")]


def test_heads_that_are_off_are_crossed_and_add_nothing(open_page: Open, figure: str) -> None:
    page = open_page(address(figure, {"off": "13", "followed": "3"}))
    ready(page)
    expect(page.locator("svg.toy .cross")).to_have_count(2)
    written = read(page, ".derivation")
    assert [written[f"contribution/{head}"] == 0 for head in range(4)] == [True, False, True, False]
    assert written["derived/output"] != 0 == written["derived/concat"]
    expect(page.locator(".derivation .whose")).to_have_text(["head 0, off", "head 1", "head 2, off", "head 3"])
    expect(page.locator(".derivation")).to_contain_text("the head is off")
    expect(page.locator("svg.toy .bracket.off")).to_have_text(["0", "2", "0", "2"])  # below the concatenation, beside W_0


def test_other_sizes_take_the_place_of_the_first(open_page: Open, figure: str) -> None:
    page = open_page(figure)
    ready(page)
    number(page, "y/4/7").click()
    for asked in (OTHER, {}):
        page.get_by_text("Other sizes").click()
        layer, trace, on = asked_for(asked)
        expect(number(page, "x/5/0")).to_have_count(1 if asked else 0)
        expect(page.locator("svg.toy .panel")).to_have_count(layer.num_heads)  # those that leave have faded away
        assert read(page, "svg.toy") == pytest.approx(of_figure(layer, trace), abs=1e-9)
        assert read(page, ".derivation") == pytest.approx(of_derivation(layer, trace, on, choice(page)), abs=1e-9)


def test_downloads_hold_the_numbers(open_page: Open, figure: str) -> None:
    asked = {"off": "2", "reading": "slice"}
    page = open_page(address(figure, asked))
    ready(page)
    rest(page, 600)  # until the figure has faded in
    drawing = ElementTree.fromstring(saved(page, "SVG").read_text())
    texts = {"".join(node.itertext()) for node in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {written for _, written in shown(page)} - {""} <= texts
    width, height = (round(float(drawing.attrib[name])) for name in ("width", "height"))
    picture = saved(page, "PNG").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(picture[at : at + 4], "big") for at in (16, 20)] == [2 * width, 2 * height]
    assert len(picture) > 50_000
    lines = list(csv.DictReader(saved(page, "Numbers (CSV)").read_text().splitlines()))
    assert in_csv(lines) == pytest.approx(wanted_in_csv(asked), abs=1e-9)
    assert len(in_csv(lines)) == len(lines)


def shown(page: Page) -> list[list[str]]:
    return page.locator("svg.toy [data-value]").evaluate_all(
        "nodes => nodes.map(node => [node.dataset.name, node.textContent])"
    )


def saved(page: Page, button: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    assert download.value.suggested_filename.startswith("heads.")
    return Path(download.value.path())


def in_csv(lines: list[dict[str, str]]) -> Numbers:
    return {"/".join(line[name] for name in ("quantity", "head", "row", "column")): float(line["value"]) for line in lines}


def wanted_in_csv(asked: dict[str, str]) -> Numbers:
    """quantity/head/row/column, counted from 1; no head where all share it."""
    layer, trace, _ = asked_for(asked)
    assert layer.W_0 is not None and layer.b_0 is not None
    shared = {"x": trace.x, "concat": trace.concat, "W_0": layer.W_0, "b_0": layer.b_0[None], "output": trace.output}
    own = {name: getattr(trace.heads, name) for name in ("q", "k", "v", "scores", "scaled", "weights")}
    own |= {name: getattr(layer, name) for name in ("W_q", "W_k", "W_v")}
    own |= {name: getattr(layer, name)[:, None] for name in ("b_q", "b_k", "b_v")}
    own |= {"contribution": trace.contributions}
    tables = [(name, "", table) for name, table in shared.items()]
    for head in range(layer.num_heads):
        tables += [(name, str(head), table[head]) for name, table in own.items()]
        tables += [("output", str(head), trace.heads.output[head])]
    return {
        f"{name}/{head}/{row}/{column}": value
        for name, head, table in tables
        for row, line in enumerate(table.tolist(), 1)
        for column, value in enumerate(line, 1)
    }
