"""The multi-head figure alone on a page, with numbers from torch; what it asks its owner to do is kept in `owner.asked`."""

from __future__ import annotations

import json
from typing import Any, Final

import torch
from torch import Tensor

from attention_core.export.bundler import bundle, text
from attention_core.maths.multi_head import MultiHeadSelfAttention, MultiHeadTrace

ROOMS: Final = {
    "stage": {"width": 720, "height": 510, "digits": 11},
    "presented": {"width": 1840, "height": 820, "digits": 18},
    "phone": {"width": 358, "height": 330, "digits": 11},
    "wide": {"width": 1200, "height": 700, "digits": 11},
}
_STYLES: Final = ("standalone/standalone.css", "figures/roles.css", "lesson_figure/figure.css")
_OWNER: Final = """
const [figureHost, derivation] = ["figure", "derivation"].map(id => document.getElementById(id));
const owner = {
  asked: [], said: [], choice: { row: 2, column: 0, followed: null, part: null, pair: null, step: 6 },
  show(changes = {}) { Object.assign(this, changes); figure.show(this.data, this.choice, this.room); },
};
const figure = new Figure(HEADS_FIGURE, figureHost, { derivation }, {
  choose(choice) { owner.show({ choice: { ...owner.choice, ...choice } }); },
  edit(...call) { owner.asked.push(["edit", ...call]); },
  toggle(...call) { owner.asked.push(["toggle", ...call]); },
  say(said) { owner.said.push(said); },
});
globalThis.owner = owner;
globalThis.figure = figure;
"""

Built = tuple[MultiHeadSelfAttention, MultiHeadTrace, tuple[bool, ...]]


def built(
    *,
    tokens: int = 5,
    dim: int = 8,
    heads: int = 4,
    reading: Any = "project",
    off: tuple[int, ...] = (),
    joined: bool = True,
    causal: bool = False,
) -> Built:
    """Seeded; `off` are the heads that are off, counted from 0."""
    torch.manual_seed(3)
    layer = MultiHeadSelfAttention(dim, heads, reading, output_projection=joined)
    layer.double().requires_grad_(False)
    for bias in (layer.b_q, layer.b_k, layer.b_v, layer.b_0):
        if bias is not None:
            torch.nn.init.normal_(bias, std=0.3)
    x = (torch.randn(tokens, dim).double() * 10).round() / 10
    on = tuple(head not in off for head in range(heads))
    mask = torch.ones(tokens, tokens).tril().bool() if causal else None
    return layer, layer.trace(x, mask, heads_on=torch.tensor(on)), on


def data_of(layer: MultiHeadSelfAttention, trace: MultiHeadTrace, on: tuple[bool, ...], captions: str = "") -> dict[str, Any]:
    """As the multi-head figure takes it."""
    return {
        "x": trace.x.tolist(),
        "heads": [_head(layer, trace, head, kept) for head, kept in enumerate(on)],
        "concat": trace.concat.tolist(),
        "contributions": trace.contributions.tolist(),
        "output": trace.output.tolist(),
        "W_0": _listed(layer.W_0),
        "b_0": _listed(layer.b_0),
        "split": layer.reading == "slice",
        "names": {"x": [f"x_{at + 1}" for at in range(len(trace.x))]},
        "captions": captions.split(),
        "alt": "Multi-head attention, from x to y",
        "editable": True,
        "masked": bool((trace.heads.masked == -torch.inf).any()),
    }


def _head(layer: MultiHeadSelfAttention, trace: MultiHeadTrace, head: int, on: bool) -> dict[str, Any]:
    quantities = {name: getattr(trace.heads, name) for name in ("q", "k", "v", "scores", "scaled", "weights", "output")}
    parameters = {name: getattr(layer, name) for name in ("W_q", "W_k", "W_v", "b_q", "b_k", "b_v")}
    return {
        **{name: None if value is None else value[head].tolist() for name, value in (quantities | parameters).items()},
        "blocked": (trace.heads.masked[head] == -torch.inf).tolist(),
        "on": on,
    }


def _listed(values: Tensor | None) -> list[Any] | None:
    return None if values is None else values.tolist()


def page_of(data: dict[str, Any], room: str = "stage", choice: dict[str, int] | None = None) -> str:
    """HTML that shows `data` in a room, with a derivation beside or below it."""
    styles = "".join(map(text, _STYLES)).replace(":host", ":root")
    size = ROOMS[room]
    chosen = f"{{ ...owner.choice, ...{json.dumps(choice or {})} }}"
    first = f"owner.show({{ data: {json.dumps(data)}, room: {json.dumps(size)}, choice: {chosen} }});"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Heads</title>'
        f"<style>{styles} body {{ padding: 0; }} main {{ display: flex; flex-wrap: wrap; }} "
        f"#figure {{ width: {size['width']}px; height: {size['height']}px; }} #derivation {{ width: 358px; }}</style>"
        '<main><div id="figure"></div><div id="derivation"></div></main>'
        f'<script type="module">{bundle("heads_figure/plan.js")}\nglobalThis.HEADS_FIGURE = HEADS_FIGURE;</script>'
        f'<script type="module">{bundle("lesson_figure/figure.js")}\n{_OWNER}\n{first}</script></html>'
    )
