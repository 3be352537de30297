"""A static page with the x1..xN figure on it, and what it shows, from torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from playwright.sync_api import Locator, Page
from torch import Tensor

from attention_core import AttentionTrace, attention
from attention_core.export.bundler import bundle, text

_ROOT = """:root { --st-font: Arial, sans-serif; --st-text-color: #1c1e21; --st-background-color: #fff;
  --st-secondary-background-color: #f4f3f0;
  --st-border-color: #d9d6cf; --st-primary-color: #b34700 } body { margin: 0 } #equations { width: 440px }"""
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>figure</title><style>{css}</style>
<main><div id="figure"></div><p id="said"></p><div id="terms"></div><div id="equations"></div></main>
<script type="module">
{plan}
globalThis.TOY_FIGURE = TOY_FIGURE;
</script>
<script type="module">
{engine}
const place = (id) => document.getElementById(id);
globalThis.calls = [];
const written = {{ terms: place("terms"), equations: place("equations") }};
globalThis.figure = new Figure(TOY_FIGURE, place("figure"), written, {{
  choose(choice) {{ calls.push(["choose", choice]); show({{}}, choice); }},
  edit(...edit) {{ calls.push(["edit", ...edit]); put(...edit); show({{}}); }},
  toggle(...at) {{ calls.push(["toggle", ...at]); }},
  say(said) {{ place("said").textContent = said; }},
}});
let shown, choice, room;
globalThis.show = (data, chosen = {{}}, inRoom = room) => {{
  [shown, choice, room] = [{{ ...shown, ...data }}, {{ ...choice, ...chosen }}, inRoom];
  place("figure").style.width = `${{room.width}}px`;
  figure.show(shown, choice, room);
}};
function put(matrix, row, column, value) {{
  const rows = {{ X: shown.x, Z: shown.z, ...shown.projections }}[matrix];
  rows[row][column] = value; // what follows from it is not computed here
}}
</script></html>"""

Room = dict[str, float]
FADED_MS: Final = 500
"""What is no longer drawn has left by then."""
STAGE: Final[Room] = {"width": 720, "height": 470, "digits": 11}


@dataclass(frozen=True)
class Lesson:
    """What the figure is given. x (N, D); z (M, Dz) in cross-attention only; the projections (D, d) and (1, d)."""

    trace: AttentionTrace
    x: Tensor
    z: Tensor | None = None
    projections: dict[str, Tensor] = field(default_factory=dict)
    normalise: bool = True
    scale: float = 1.0

    @property
    def data(self) -> dict[str, Any]:
        source = self.x if self.z is None else self.z
        counts = {"x": len(self.x), "z": 0 if self.z is None else len(self.z), "y": len(self.x)}
        biases = any(bool(self.projections[name].any()) for name in ("bq", "bk", "bv") if name in self.projections)
        return {
            "x": self.x.tolist(),
            "z": None if self.z is None else source.tolist(),
            **{name: getattr(self.trace, name).tolist() for name in ("q", "k", "v", "scores", "scaled", "weights", "output")},
            "blocked": (self.trace.masked == -torch.inf).tolist(),
            "scale": self.scale,
            "normalise": self.normalise,
            "projected": bool(self.projections),
            "projections": {name: matrix.tolist() for name, matrix in self.projections.items()} or None,
            "biases": biases,
            "cross": self.z is not None,
            "names": {letter: [f"{letter}_{at + 1}" for at in range(count)] for letter, count in counts.items()},
            "captions": [],
            "alt": "The figure",
            "editable": True,
        }


def self_attention(x: Tensor, mask: Tensor | None = None, *, raw: bool = False) -> Lesson:
    """Of x (N, D); `raw` without softmax and scale."""
    scale = 1.0 if raw else x.shape[1] ** -0.5
    return Lesson(attention(x, x, x, mask=mask, scale=scale, normalise=not raw), x, normalise=not raw, scale=scale)


def projected(x: Tensor, d: int, mask: Tensor | None = None, z: Tensor | None = None, *, biased: bool = False) -> Lesson:
    """Of x (N, D) with random projections to d."""
    source = x if z is None else z
    made = {}
    for role, width in zip("qkv", (x.shape[1], source.shape[1], source.shape[1]), strict=True):
        made[f"W{role}"] = torch.randn(width, d, dtype=torch.float64)
        made[f"b{role}"] = torch.randn(1, d, dtype=torch.float64) if biased else torch.zeros(1, d, dtype=torch.float64)
    q, k, v = (of @ made[f"W{role}"] + made[f"b{role}"] for role, of in zip("qkv", (x, source, source), strict=True))
    return Lesson(attention(q, k, v, mask=mask), x, z, made, scale=d**-0.5)


def opened(page: Page, path: Path) -> None:
    """The page with the figure's class on it, at the address of that file."""
    roles = text("figures/roles.css").replace(":host", ":root")
    css = _ROOT + roles + text("lesson_figure/figure.css")
    page_text = _PAGE.format(css=css, plan=bundle("toy_figure/plan.js"), engine=bundle("lesson_figure/figure.js"))
    path.write_text(page_text, encoding="utf-8")
    page.goto(path.as_uri())


def show(page: Page, lesson: Lesson, room: Room = STAGE, *, row: int = 2, step: int = 6, pair: int | None = None) -> None:
    choice = {"row": min(row, len(lesson.x) - 1), "step": step, "pair": pair}
    page.evaluate("([data, choice, room]) => show(data, choice, room)", [lesson.data, choice, room])


def calls(page: Page, name: str) -> list[list[Any]]:
    """What the figure told of that kind since it was last asked."""
    found: list[list[Any]] = page.evaluate("calls.splice(0)")
    return [call[1:] for call in found if call[0] == name]


def numbers(page: Page) -> dict[str, float]:
    """All full values; each is there once, and what is written is that value, rounded."""
    found: list[list[str]] = page.locator("[data-value]").evaluate_all(
        "nodes => nodes.map(node => [node.dataset.name, node.dataset.value, node.textContent])"
    )
    assert len({name for name, *_ in found}) == len(found)
    for name, value, written in found:
        if not written:
            continue
        said = float(written.replace("−∞", "-inf").replace("≈", "").strip("()"))
        size = abs(float(value))
        rounding = 0.0051 if size < 9.995 else 0.051 if size < 99.95 else 0.51 if size < 999.5 else size / 19
        assert said == float(value) or abs(said - float(value)) <= rounding, (name, value, written)
    return {name: float(value) for name, value, _ in found}


def cell(page: Page, name: str) -> Locator:
    return page.locator(f'svg [data-name="{name}"]')
