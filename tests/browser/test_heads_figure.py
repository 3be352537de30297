"""Every number of the multi-head figure is torch's, step by step, and what is written out adds up."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.heads import Numbers, choice, largest, number, of_derivation, of_figure, read, show, step
from tests.browser.heads_page import ROOMS, built, data_of

Open = Callable[..., Page]

CASES: Final[dict[str, dict[str, Any]]] = {
    "project": {},
    "slice": {"reading": "slice", "tokens": 3, "dim": 6, "heads": 2},
    "off": {"off": (0, 2)},
    "all off": {"off": (0, 1, 2, 3)},
    "no W_0": {"joined": False, "off": (2,)},
    "one head": {"heads": 1},
    "heads of width 1": {"heads": 8, "reading": "slice"},
    "large": {"tokens": 12, "dim": 16, "heads": 4, "causal": True},
    "causal": {"causal": True},
    "one token": {"tokens": 1, "dim": 2, "heads": 2},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_all_numbers_are_torchs_and_add_up(heads: Open, case: dict[str, Any]) -> None:
    layer, trace, on = built(**case)
    page = heads((layer, trace, on))
    expected = of_figure(layer, trace)
    rows, dim, count = len(trace.x), layer.dim, layer.num_heads
    assert choice(page) == largest(layer, trace, min(2, rows - 1), 0)
    clicks = ["", f"y/{rows - 1}/{dim - 1}", f"head/{count - 1}/w/0/{rows - 1}", f"head/{count // 2}/v/{rows // 2}/0"]
    clicks += [f"head/{count - 1}/k/0/0", f"head/0/q/{rows - 1}/0", f"concat/0/{dim - 1}", f"head/0/out/{rows - 1}/0"]
    for name in clicks:
        if name:
            number(page, name).click()
        assert read(page, "svg.heads") == pytest.approx(expected, abs=1e-9), name
        written = read(page, "#derivation")
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
        place = at["followed"] * head_dim + at["part"]
        assert written[f"term-concat/{place}"] == written.get("derived/concat", written["derived/output"])
    assert sum(products("term-w", "term-v")) == pytest.approx(written["derived/output"], abs=1e-9)
    weights = torch.tensor(under(written, "score"), dtype=torch.float64).softmax(0).tolist()
    assert under(written, "term-w") == pytest.approx(weights, abs=1e-9)
    assert written[f"term-w/{at['pair']}"] == written["derived/w"]
    queries = products("term-q", "term-k")
    assert sum(queries) / math.sqrt(len(queries)) == pytest.approx(written["derived/score"], abs=1e-9)
    assert written[f"score/{at['pair']}"] in (written["derived/score"], -math.inf)
    for x, w, b, result in (("x", "wv", "bv", "v"), ("xk", "wk", "bk", "k"), ("xq", "wq", "bq", "q")):
        total = sum(products(f"term-{x}", f"term-{w}")) + written[f"term-{b}"]
        assert total == pytest.approx(written[f"derived/{result}"], abs=1e-9)
    assert written[f"term-v/{at['pair']}"] == written["derived/v"]
    assert written[f"term-q/{at['part']}"] == written["derived/q"]
    assert written[f"term-k/{at['part']}"] == written["derived/k"]


def under(written: Numbers, prefix: str) -> list[float]:
    return [value for name, value in written.items() if name.startswith(f"{prefix}/")]


@pytest.mark.parametrize("case", [{}, {"reading": "slice", "causal": True, "heads": 2}, {"joined": False}])
def test_each_step_shows_its_numbers_and_none_of_a_later_one(heads: Open, case: dict[str, Any]) -> None:
    layer, trace, on = built(**case)
    page = heads((layer, trace, on), choice={"step": 1})
    places = page.locator("svg.heads .panel rect, svg.heads .bracket").evaluate_all(BOXES)
    derived = set()
    for at in range(1, 7):
        step(page, at)
        assert read(page, "svg.heads") == pytest.approx(of_figure(layer, trace, at), abs=1e-9)
        assert page.locator("svg.heads .panel rect, svg.heads .bracket").evaluate_all(BOXES) == places  # nothing moves
        written = set(read(page, "#derivation"))
        assert derived < written or at == 5
        derived = written
    assert derived == set(of_derivation(layer, trace, on, choice(page)))
    for at in (3, 1):
        step(page, at)
        assert read(page, "svg.heads") == pytest.approx(of_figure(layer, trace, at), abs=1e-9)


BOXES: Final = "nodes => nodes.map(node => { const { x, y, width, height } = node.getBBox(); return [x, y, width, height]; })"


def test_heads_that_are_off_are_crossed_and_add_nothing(heads: Open) -> None:
    page = heads(built(off=(0, 2)), choice={"followed": 2})
    expect(page.locator("svg.heads .cross")).to_have_count(2)
    written = read(page, "#derivation")
    assert [written[f"contribution/{head}"] == 0 for head in range(4)] == [True, False, True, False]
    assert written["derived/output"] != 0 == written["derived/concat"]
    expect(page.locator("#derivation .whose")).to_have_text(["head 0, off", "head 1", "head 2, off", "head 3"])
    expect(page.locator("#derivation")).to_contain_text("the head is off")
    expect(page.locator("svg.heads .bracket.off")).to_have_text(["0", "2", "0", "2"])  # at the concatenation, beside W_0


def test_wires_stop_where_nothing_comes_through(heads: Open) -> None:
    page = heads(built(causal=True, off=(3,)), choice={"row": 1, "followed": 0, "pair": 1})
    reach = "wires => wires.map(wire => [wire.getAttribute('class').split(' ')[1], wire.getBBox().height < 12])"
    wires = page.locator("svg.heads .wire:not(.x)")
    assert wires.evaluate_all(reach) == [["q", False], ["k", False], ["v", False], *[["y", False]] * 3, ["y", True]]
    show(page, choice={"row": 1, "column": 0, "followed": 0, "part": None, "pair": 4, "step": 6})  # masked
    assert wires.evaluate_all(reach)[:3] == [["q", False], ["k", True], ["v", True]]
    step(page, 3)
    expect(page.locator("svg.heads .wire.y")).to_have_count(0)  # those that leave have faded away


def test_other_sizes_take_the_place_of_the_first(heads: Open) -> None:
    page = heads()
    number(page, "y/4/7").click()
    other = built(tokens=6, dim=6, heads=3, reading="slice")
    for layer, trace, on in (other, built()):
        show(page, data=data_of(layer, trace, on))
        expect(page.locator("svg.heads .panel")).to_have_count(layer.num_heads)
        assert read(page, "svg.heads") == pytest.approx(of_figure(layer, trace), abs=1e-9)
        assert read(page, "#derivation") == pytest.approx(of_derivation(layer, trace, on, choice(page)), abs=1e-9)
    for room in ROOMS.values():
        show(page, room=room)
        assert read(page, "svg.heads") == pytest.approx(of_figure(*built()[:2]), abs=1e-9)  # also where no digit is written
