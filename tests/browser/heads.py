"""The figure of heads_app.py, read from a test, and what torch says about every number of it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from urllib.parse import urlencode

import torch
from playwright.sync_api import Locator, Page
from torch import Tensor

from attention_core.maths.multi_head import MultiHeadSelfAttention, MultiHeadTrace
from tests.browser.waiting import PATIENCE_MS

Numbers = dict[str, float]


def address(url: str, asked: Mapping[str, str]) -> str:
    return f"{url}/?{urlencode(asked)}"


def ready(page: Page) -> None:
    page.wait_for_selector(".regard-heads-figure .derivation .line", timeout=PATIENCE_MS)


def number(page: Page, name: str) -> Locator:
    """A number of the drawing, or a head ("head/2")."""
    return page.locator(f'svg.toy [data-name="{name}"]')


def read(page: Page, within: str) -> Numbers:
    """All full values within svg.toy or .derivation; each is there once, and what is written is that value, rounded."""
    found: list[list[str]] = page.locator(f"{within} [data-value]").evaluate_all(
        "nodes => nodes.map(node => [node.dataset.name, node.dataset.value, node.textContent])"
    )
    assert len({name for name, *_ in found}) == len(found)
    for name, value, written in found:
        said = written.replace("−∞", "-inf").replace("(", "").replace(")", "")
        assert not said or float(said) == float(value) or abs(float(said) - float(value)) <= _rounding(float(value)), name
    return {name: float(value) for name, value, _ in found}


def _rounding(value: float) -> float:
    """Half of the last digit that formatNumber writes, up to 99."""
    return 0.0051 if abs(value) < 9.995 else 0.051


def choice(page: Page) -> dict[str, int]:
    """What is on show, counted from 0: row, column, followed, pair, part."""
    shown: dict[str, str] = page.locator(".regard-heads-figure").evaluate("root => ({ ...root.dataset })")
    return {name: int(value) for name, value in shown.items()}


def focused(page: Page) -> str:
    """The data-name of what has the focus, "" where it has none."""
    return page.evaluate(
        """() => {
             let target = document.activeElement;
             while (target.shadowRoot?.activeElement) target = target.shadowRoot.activeElement;
             return target.dataset.name ?? "";
           }"""
    )


def of_figure(layer: MultiHeadSelfAttention, trace: MultiHeadTrace) -> Numbers:
    """Every number of the drawing."""
    numbers = _named("x", trace.x) | _named("concat", trace.concat) | _named("y", trace.output)
    if layer.W_0 is not None and layer.b_0 is not None:
        numbers |= _named("w0", layer.W_0) | _named("b0", layer.b_0)
    for head in range(layer.num_heads):
        for name, quantity in (("w", trace.heads.weights), ("v", trace.heads.v), ("out", trace.heads.output)):
            numbers |= _named(f"head/{head}/{name}", quantity[head])
    return numbers


def of_derivation(layer: MultiHeadSelfAttention, trace: MultiHeadTrace, on: tuple[bool, ...], at: dict[str, int]) -> Numbers:
    """Every number of the derivation of y at `at`."""
    row, column, head, key, part = (at[name] for name in ("row", "column", "followed", "pair", "part"))
    place = head * layer.head_dim + part
    heads = trace.heads
    numbers = _named("contribution", trace.contributions[:, row, column])
    if layer.W_0 is not None and layer.b_0 is not None:
        numbers |= {"derived/b0": float(layer.b_0[column])}
        numbers |= _named("term-concat", trace.concat[row]) | _named("term-w0", layer.W_0[:, column])
    numbers |= _named("term-w", heads.weights[head, row]) | _named("term-v", heads.v[head, :, part])
    numbers |= _named("score", heads.masked[head, row])
    numbers |= _named("term-q", heads.q[head, row]) | _named("term-k", heads.k[head, key])
    first = head * layer.head_dim if layer.reading == "slice" else 0
    read_by_head = trace.x[key, first : first + layer.W_v.shape[1]]
    numbers |= {f"term-x/{first + at}": value for at, value in enumerate(read_by_head.tolist())}
    numbers |= _named("term-wv", layer.W_v[head, :, part])
    numbers |= {} if on[head] else {"derived/output": float(heads.output[head, row, part])}
    return numbers | {
        "term-bv": float(layer.b_v[head, part]),  # type: ignore[index]
        "derived/v": float(heads.v[head, key, part]),
        "derived/score": float(heads.scaled[head, row, key]),
        "derived/w": float(heads.weights[head, row, key]),
        "derived/concat": float(trace.concat[row, place]),
        "derived/y": float(trace.output[row, column]),
    }


def largest(layer: MultiHeadSelfAttention, trace: MultiHeadTrace, row: int, column: int) -> dict[str, int]:
    """What is followed where nothing was chosen: the head, the key and the part that weigh most."""
    head = int(trace.contributions[:, row, column].abs().argmax())
    places = slice(head * layer.head_dim, (head + 1) * layer.head_dim)
    join = torch.eye(layer.dim) if layer.W_0 is None else layer.W_0
    amounts = trace.concat[row, places] * join[places, column]
    return {
        "row": row,
        "column": column,
        "followed": head,
        "pair": int(trace.heads.weights[head, row].argmax()),
        "part": int(amounts.abs().argmax()),
    }


def _named(prefix: str, values: Tensor) -> Numbers:
    places = itertools.product(*map(range, values.shape))
    return {"/".join([prefix, *map(str, place)]): float(values[place]) for place in places}
