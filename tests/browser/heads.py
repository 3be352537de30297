"""The figure of heads_page.py, read from a test, and what torch says about every number of it."""

from __future__ import annotations

import itertools
from typing import Any

import torch
from playwright.sync_api import Locator, Page
from torch import Tensor

from attention_core.maths.multi_head import MultiHeadSelfAttention, MultiHeadTrace

Numbers = dict[str, float]


def number(page: Page, name: str) -> Locator:
    """A number of the drawing, or a head ("head/2")."""
    return page.locator(f'svg.heads [data-name="{name}"]')


def show(page: Page, **changes: Any) -> None:
    """Again, with other data, another choice or another room."""
    page.evaluate("changes => owner.show(changes)", changes)


def step(page: Page, at: int) -> None:
    page.evaluate("step => owner.show({ choice: { ...owner.choice, step } })", at)


def asked(page: Page) -> list[list[Any]]:
    """What the figure asked its owner to do, since this was last looked at."""
    return page.evaluate("owner.asked.splice(0)")


def read(page: Page, within: str) -> Numbers:
    """All full values within svg.heads or #derivation; each is there once, and what is written is that value, rounded."""
    found: list[list[str]] = page.locator(f"{within} [data-value]").evaluate_all(
        "nodes => nodes.map(node => [node.dataset.name, node.dataset.value, node.textContent])"
    )
    assert len({name for name, *_ in found}) == len(found)
    numbers = {name: float(value.replace("Infinity", "inf")) for name, value, _ in found}
    for name, _, written in found:
        said = written.replace("−∞", "-inf").replace("≈", "").replace("(", "").replace(")", "")
        value = numbers[name]
        assert not said or float(said) == value or abs(float(said) - value) <= _rounding(value), name
    return numbers


def _rounding(value: float) -> float:
    """Half of the last digit that formatNumber writes, up to 99."""
    return 0.0051 if abs(value) < 9.995 else 0.051


def choice(page: Page) -> dict[str, int]:
    """What is on show, counted from 0: row, column, followed, pair, part."""
    shown: dict[str, str] = page.locator("svg.heads").evaluate("svg => ({ ...svg.dataset })")
    return {name: int(shown[name]) for name in ("row", "column", "followed", "pair", "part")}


def focused(page: Page) -> str:
    """The data-name of what has the focus, "" where it has none."""
    return page.evaluate("document.activeElement.dataset.name ?? ''")


def of_figure(layer: MultiHeadSelfAttention, trace: MultiHeadTrace, at: int = 6) -> Numbers:
    """Every number of the drawing at a step."""
    numbers = _named("x", trace.x)
    heads = trace.heads
    shown = {"q": heads.q, "k": heads.k}
    shown |= {"s": heads.masked} if at == 2 else {"w": heads.weights} if at > 2 else {}
    shown |= {"v": heads.v, "out": heads.output} if at > 3 else {}
    for name, quantity in shown.items():
        for head in range(layer.num_heads):
            numbers |= _named(f"head/{head}/{name}", quantity[head])
    numbers |= _named("concat", trace.concat) if at > 4 else {}
    numbers |= _named("y", trace.output) if at > 5 else {}
    if at > 5 and layer.W_0 is not None and layer.b_0 is not None:
        numbers |= _named("w0", layer.W_0) | _named("b0", layer.b_0)
    return numbers


def of_derivation(layer: MultiHeadSelfAttention, trace: MultiHeadTrace, on: tuple[bool, ...], at: dict[str, int]) -> Numbers:
    """Every number of the derivation of y at `at`, at the last step."""
    row, column, head, key, part = (at[name] for name in ("row", "column", "followed", "pair", "part"))
    heads = trace.heads
    numbers = _named("contribution", trace.contributions[:, row, column])
    if layer.W_0 is not None and layer.b_0 is not None:
        numbers |= {"derived/b0": float(layer.b_0[column])}
        numbers |= _named("term-concat", trace.concat[row]) | _named("term-w0", layer.W_0[:, column])
    numbers |= _named("term-w", heads.weights[head, row]) | _named("term-v", heads.v[head, :, part])
    numbers |= _named("score", heads.masked[head, row])
    numbers |= _named("term-q", heads.q[head, row]) | _named("term-k", heads.k[head, key])
    numbers |= _projection(layer, trace, head, part, ("term-x", "term-wv", "term-bv", "v"), key)
    numbers |= _projection(layer, trace, head, part, ("term-xk", "term-wk", "term-bk", "k"), key)
    numbers |= _projection(layer, trace, head, part, ("term-xq", "term-wq", "term-bq", "q"), row)
    numbers |= {} if on[head] else {"derived/concat": 0.0}
    return numbers | {
        "derived/score": float(heads.scaled[head, row, key]),
        "derived/w": float(heads.weights[head, row, key]),
        "derived/output": float(heads.output[head, row, part]),
        "derived/y": float(trace.output[row, column]),
    }


def _projection(
    layer: MultiHeadSelfAttention, trace: MultiHeadTrace, head: int, part: int, names: tuple[str, str, str, str], token: int
) -> Numbers:
    x, w, b, role = names
    weights, bias = getattr(layer, f"W_{role}")[head], getattr(layer, f"b_{role}")[head]
    first = head * layer.head_dim if layer.reading == "slice" else 0
    numbers = {f"{x}/{first + at}": value for at, value in enumerate(trace.x[token, first : first + len(weights)].tolist())}
    result = getattr(trace.heads, role)[head, token, part]
    return numbers | _named(w, weights[:, part]) | {b: float(bias[part]), f"derived/{role}": float(result)}


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
