"""The parts of the page "Queries, keys, values"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st
import torch
from torch import Tensor

from attention_core import AttentionTrace, attention
from attention_core.maths.projections import attend_to_most_different, attend_to_previous, project
from ui.choices import segments
from ui.lessons.controls import by_name
from ui.lessons.matrices import edit_matrix, forget, matrix
from ui.lessons.sentences import say
from ui.links import bound, link, linked, show, whole

ROLES: Final = ("q", "k", "v")
MATRICES: Final = ("Wq", "bq", "Wk", "bk", "Wv", "bv")
RECIPES: Final = {
    "identity": "Identity",
    "random": "Random",
    "previous": "Look at the previous one",
    "different": "Look at the most different one",
    "zero": "Zero queries",
}
KINDS: Final = {"recipe": "As chosen above", "identity": "Identity", "random": "Random", "zero": "Zero"}
LARGEST_SEED: Final = 999
_HEAD_WIDTH: Final = "head_width"
SOURCE: Final = torch.tensor([[0.9, -0.2, 0.4, 0.3], [-0.6, 0.8, 0.1, 0.5], [0.2, 0.3, -0.9, 1.0]], dtype=torch.float64)


@dataclass(frozen=True)
class Projection:
    """One of the three: weight (D, d) and bias (d)."""

    weight: Tensor
    bias: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        return project(x, self.weight, self.bias)


def choose_source(width: int) -> Tensor | None:
    """z (M, Dz), from which keys and values come in cross-attention; None in self-attention."""
    kind = segments("Keys and values come from", {"self": "x itself", "cross": "another set z"}, "source")
    return matrix("Z", SOURCE[:, torch.arange(width) % SOURCE.shape[1]], resizable=True) if kind == "cross" else None


def choose_recipe() -> str:
    """Pills; another recipe takes all edits of the projections back."""
    recipe = st.pills(
        "Projections",
        list(RECIPES),
        format_func=RECIPES.__getitem__,
        required=True,
        wrap=True,
        on_change=_another_recipe,
        **bound("recipe", default="identity"),
    )
    return recipe or "identity"


def choose_seed(recipe: str) -> int:
    """Shown where something is random; with the link it is the same for everybody."""
    if recipe != "random" and not any(st.session_state.get(f"W{role}_is") == "random" for role in ROLES):
        return int(st.session_state.get("draw", 0))
    return int(
        st.number_input("Seed of what is random", 0, LARGEST_SEED, on_change=forget, args=MATRICES, **bound("draw", value=0))
    )


def choose_head_width(width: int) -> int:
    """d, at most the width D of x; D itself until the reader, or the link, sets another."""
    if width == 1:
        return 1
    show(_HEAD_WIDTH, whole(linked("d"), 1, width) or width)

    def take() -> None:
        chosen = st.session_state[_HEAD_WIDTH]
        link("d", str(chosen) if chosen < width else "")

    return st.slider("Width d of q, k and v", 1, width, key=_HEAD_WIDTH, on_change=take)


def projections(x: Tensor, source: Tensor, head_width: int, recipe: str, seed: int) -> dict[str, Projection]:
    """By role, as the recipe, the kind of each matrix and the reader's edits make them."""
    widths = {"q": x.shape[1], "k": source.shape[1], "v": source.shape[1]}
    found: dict[str, Projection] = {}
    for role in ("k", "v", "q"):  # what the queries are may depend on the keys
        kind = st.session_state.get(f"W{role}_is", "recipe")
        keys = found["k"](source) if role == "q" else source
        weight, bias = _preset(kind, role, recipe, (widths[role], head_width), seed, x, keys)
        found[role] = Projection(matrix(f"W{role}", weight), matrix(f"b{role}", bias[None])[0])
    return {role: found[role] for role in ROLES}


def edit_projection(role: str, projection: Projection, features: list[str]) -> None:
    """One matrix with its bias, and what it is a preset of."""
    outputs = [str(at + 1) for at in range(projection.weight.shape[1])]
    st.pills(
        f"$W_{role}$ is",
        list(KINDS),
        format_func=KINDS.__getitem__,
        on_change=forget,
        args=(f"W{role}", f"b{role}"),
        required=True,
        wrap=True,
        **bound(f"W{role}_is", default="recipe"),
    )
    edit_matrix(f"W{role}", projection.weight, label=f"W_{role}", role=role, row_names=features, column_names=outputs)
    edit_matrix(f"b{role}", projection.bias[None], label=f"b_{role}", role=role, row_names=["bias"], column_names=outputs)


def attend(x: Tensor, source: Tensor, made: dict[str, Projection], mask: Tensor | None) -> AttentionTrace:
    """softmax(q·kᵀ/√d)·v with q from x (N, D), k and v from source (M, Dz)."""
    return attention(made["q"](x), made["k"](source), made["v"](source), mask=mask)


def say_how_it_differs(trace: AttentionTrace, plain: AttentionTrace, cross: bool) -> None:
    """Against scaled softmax without parameters, over the same vectors and mask."""
    if trace.output.shape != plain.output.shape:
        say(
            "Y is {} wide and not {} as on the page before: d is less than the width of x.",
            trace.output.shape[1],
            plain.output.shape[1],
        )
        return
    difference = float((trace.output - plain.output).abs().max())
    if cross:
        say("Y differs from attention of x to itself by up to {}: what is handed over now comes from z.", difference)
    elif difference == 0:
        say("Y = Y of the page before with scaled softmax: the largest difference is {}. Identity changes nothing.", difference)
    else:
        say("Y differs from the page before with scaled softmax by up to {}: the projections are at work.", difference)


def say_what_recipe_does(recipe: str, trace: AttentionTrace, x: Tensor, source: Tensor) -> None:
    """What it was made for, and in how many rows it holds for the numbers at hand, edits included."""
    weights = trace.weights
    rows, keys = weights.shape
    if recipe == "previous":
        before = (torch.arange(rows) - 1).clamp(0, keys - 1)
        hits = int((weights[range(rows), before] == weights.amax(-1)).sum())
        say(
            "W<sub>q</sub> was solved for, not learned: {} of {} rows give most to the one before, row 1 to the first.",
            hits,
            rows,
        )
    elif recipe == "different" and x.shape[1] == source.shape[1]:
        least = (x @ source.T).argmin(-1)
        hits = int(torch.isclose(weights[range(rows), least], weights.amax(-1)).sum())
        say(
            "W<sub>q</sub> turns every query round, so that what is least alike scores most: in {} of {} rows the vector with "
            "the smallest dot product gets most.",
            hits,
            rows,
        )
    elif recipe == "zero":
        alike = bool(torch.allclose(weights, weights[:1].expand_as(weights), atol=1e-9))
        say("W<sub>q</sub> is zero: every query is the bias alone, so all rows of W are the same.") if alike else say(
            "W<sub>q</sub> began as zero, which makes all rows of W the same; an edit or a mask has made them differ."
        )


def show_shapes(x: Tensor, source: Tensor, trace: AttentionTrace, made: dict[str, Projection], cross: bool) -> None:
    """Every step with its shape and its parameters; what cross-attention changes is marked."""
    n, m, d = len(x), len(source), trace.q.shape[1]
    of = "z" if cross else "x"
    counts = {role: made[role].weight.numel() + made[role].bias.numel() for role in ROLES}
    rows = [
        ("x", f"{n} × {x.shape[1]}", 0, False),
        *([("z", f"{m} × {source.shape[1]}", 0, True)] if cross else []),
        ("q = x·W<sub>q</sub> + b<sub>q</sub>", f"{n} × {d}", counts["q"], False),
        (f"k = {of}·W<sub>k</sub> + b<sub>k</sub>", f"{m} × {d}", counts["k"], cross),
        (f"v = {of}·W<sub>v</sub> + b<sub>v</sub>", f"{m} × {d}", counts["v"], cross),
        ("q·kᵀ/√d, masked", f"{n} × {m}", 0, cross),
        ("W = softmax of each row", f"{n} × {m}", 0, cross),
        ("Y = W·v", f"{n} × {d}", 0, False),
    ]
    lines = "".join(
        f"<tr{' class=changed' if changed else ''}><td>{step}</td><td>{shape}</td>"
        f'<td data-value="{count}">{count or "none"}</td></tr>'
        for step, shape, count, changed in rows
    )
    total = sum(counts.values())
    st.html(
        '<table class="regard-shapes"><thead><tr><th>Step</th><th>Shape</th><th>Parameters</th></tr></thead>'
        f'<tbody>{lines}</tbody><tfoot><tr><td>Together</td><td></td><td data-value="{total}">{total}</td></tr></tfoot></table>'
    )
    if cross:
        st.caption(f"Marked: what cross-attention changes. W has {m} columns now, one a z; Y still has a row for each x.")


def done(trace: AttentionTrace, order: list[int], cross: bool) -> list[bool]:
    """The tasks of assets/lessons/tasks.json; they go by the vectors' names, whatever their order."""
    weights = trace.weights[torch.tensor(order).argsort()] if cross else by_name(trace.weights, order)
    uniform = bool(torch.allclose(weights, weights[:1].expand_as(weights), atol=1e-3))
    square = min(weights.shape) >= 2
    one_sided = square and bool(weights[0, 1] > 0.5) and bool(weights[1, 0] < 0.2)
    spread = float((weights - 1 / weights.shape[1]).abs().max())
    silent = bool(trace.output.abs().max() < 1e-9) and spread > 0.05
    return [uniform and len(weights) > 1, one_sided, silent]


def _another_recipe() -> None:
    forget(*MATRICES)
    for role in ROLES:
        st.session_state[f"W{role}_is"] = "recipe"


def _preset(
    kind: str, role: str, recipe: str, shape: tuple[int, int], seed: int, x: Tensor, keys: Tensor
) -> tuple[Tensor, Tensor]:
    """The weight and the bias before anybody edits them."""
    chosen = recipe if kind == "recipe" else kind
    no_bias = torch.zeros(shape[1], dtype=torch.float64)
    if chosen == "random":
        generator = torch.Generator().manual_seed(3 * seed + ROLES.index(role))
        drawn = torch.randn(shape, generator=generator, dtype=torch.float64) / shape[0] ** 0.5
        return drawn.mul(100).round().div(100), no_bias
    if chosen == "zero" and (role == "q" or kind == "zero"):
        return torch.zeros(shape, dtype=torch.float64), no_bias
    if role == "q" and chosen == "previous":
        return attend_to_previous(x, keys)
    if role == "q" and chosen == "different":
        return attend_to_most_different(*shape), no_bias
    return torch.eye(*shape, dtype=torch.float64), no_bias
