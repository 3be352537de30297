"""The parts of the page "Multi-head"."""

from __future__ import annotations

from typing import Final

import streamlit as st
import torch
from torch import Tensor

from attention_core import MultiHeadSelfAttention, MultiHeadTrace
from attention_core.maths.multi_head import Reading
from ui.choices import segments
from ui.lessons.matrices import edit_matrix, forget, kept_names
from ui.lessons.multi_head_layer import Setting, is_of_a_head
from ui.lessons.qkv import LARGEST_SEED, ROLES
from ui.lessons.sentences import say
from ui.links import bound, show, whole

READINGS: Final = {"slice": "a slice of x", "project": "all of x"}
RECIPES: Final = {"random": "Random", "identity": "Identity"}
OFF: Final = "heads_off"
JOINS: Final = {"random": "Random", "identity": "Identity", "off": "Off"}
OPENING_HEADS: Final = 4


def choose_reading() -> Reading:
    """ "slice", as in the notes, or "project", as in libraries."""
    chosen = segments("Each head reads", READINGS, "reading")
    return "project" if chosen == "project" else "slice"


def choose_heads(dim: int) -> int:
    """h; one that does not divide the width is explained in the core's own words, and the next smaller that does is shown."""
    asked = int(st.number_input("Heads h", **bound("pieces", value=OPENING_HEADS)))
    try:
        MultiHeadSelfAttention(dim, asked)
    except ValueError as error:
        possible = max(count for count in range(1, dim + 1) if dim % count == 0 and count <= max(asked, 1))
        st.warning(f"{error}. Shown: {possible}.")
        return possible
    return asked


def choose_heads_on(num_heads: int) -> tuple[bool, ...]:
    """True for each head that is on. Heads are counted from 0, as on "Your image" and in the field."""
    _follow_older_link()
    options = list(range(num_heads))
    if isinstance(off := st.session_state.get(OFF), list):
        show(OFF, [head for head in off if head in options])
    chosen = st.pills("Switch heads off", options, selection_mode="multi", wrap=True, **bound(OFF, default=[]))
    return tuple(head not in chosen for head in options)


def _follow_older_link() -> None:
    """Links of before count heads from 1, under another name."""
    before = st.query_params.get_all("off")
    if before:
        st.query_params.pop("off")
        st.session_state[OFF] = [number - 1 for part in before if (number := whole(part, 1, 99)) is not None]


def choose_setting(dim: int, num_heads: int, reading: Reading) -> Setting:
    """How the numbers of the layer begin; choosing anew takes edits of what is chosen back."""
    recipe = segments("Projections", RECIPES, "heads_are", on_change=forget_heads)
    join = segments("W₀", JOINS, "join", on_change=forget_join)
    seed = int(st.number_input("Seed of what is random", 0, LARGEST_SEED, on_change=forget_all, **bound("draw", value=0)))
    return Setting(dim, num_heads, reading, recipe, join, seed)


def edit_heads(layer: MultiHeadSelfAttention, setting: Setting, features: list[str]) -> None:
    """The projections of one head at a time, and what is a preset of them."""
    head = 0
    if setting.num_heads > 1:
        options = list(range(1, setting.num_heads + 1))
        if st.session_state.get("edited") not in options:
            st.session_state.pop("edited", None)
        chosen = st.segmented_control("Head to edit", options, required=True, wrap=True, **bound("edited", default=1))
        head = (chosen or 1) - 1
    read = features[head * setting.head_dim : (head + 1) * setting.head_dim] if setting.reading == "slice" else features
    outputs = [str(at + 1) for at in range(setting.head_dim)]
    for column, role in zip(st.columns(3, gap="large"), ROLES, strict=True):
        with column:
            for letter, rows in (("W", read), ("b", ["bias"])):
                values = getattr(layer, f"{letter}_{role}")[head]
                edit_matrix(
                    setting.name(f"{letter}{role}", head),
                    values.view(len(rows), setting.head_dim),
                    label=f"{letter}_{role} of head {head}",
                    role=role,
                    row_names=rows,
                    column_names=outputs,
                )


def edit_join(layer: MultiHeadSelfAttention) -> None:
    """W_0 and b_0, where they are on."""
    if layer.W_0 is None or layer.b_0 is None:
        st.caption("W₀ is off: Y is the bare concatenation.")
        return
    rows = [f"{at // layer.head_dim}.{at % layer.head_dim + 1}" for at in range(layer.dim)]
    outputs = [str(at + 1) for at in range(layer.dim)]
    edit_matrix("W0", layer.W_0, label="W_0", role="join", row_names=rows, column_names=outputs)
    edit_matrix("b0", layer.b_0[None], label="b_0", role="join", row_names=["bias"], column_names=outputs)
    st.caption("Row 1.1 of W₀ is multiplied by the first number that head 1 gives.")


def say_that_heads_add_up(layer: MultiHeadSelfAttention, trace: MultiHeadTrace) -> None:
    """The equality, with the numbers at hand."""
    bias = 0 if layer.b_0 is None else layer.b_0
    difference = float((trace.contributions.sum(0) + bias - trace.output).abs().max())
    joined = "concat" if layer.W_0 is None else "concat · W<sub>0</sub> + b<sub>0</sub>"
    added = "the sum of what the heads add" if layer.W_0 is None else "the sum of what the heads add, and b<sub>0</sub>"
    say(f"Y = {joined} = {added}: the largest difference in all of Y is {{}}.", difference)


def say_what_a_column_reaches(layer: MultiHeadSelfAttention, x: Tensor, mask: Tensor | None) -> None:
    """How many heads give something else when the first column of x does; measured, not derived."""
    moved = x.clone()
    moved[:, 0] += torch.linspace(0.5, 1.5, len(x), dtype=x.dtype)
    change = layer.trace(moved, mask).heads.output - layer.trace(x, mask).heads.output  # (H, N, d)
    say(
        "Change column 1 of x alone, and the outputs of {} of {} heads change.",
        int((change.abs().amax((1, 2)) > 0).sum()),
        len(change),
    )


def compare_costs(layer: MultiHeadSelfAttention, num_tokens: int) -> None:
    """Slice, project and one wide head, with the same biases and the same W_0: what a head reads, parameters, multiply–adds."""
    joined = layer.W_0 is not None

    def made(heads: int, reading: Reading) -> tuple[int, int]:
        built = MultiHeadSelfAttention(layer.dim, heads, reading, output_projection=joined)
        return sum(parameter.numel() for parameter in built.parameters()), built.multiply_adds(num_tokens)

    heads, dim, width = layer.num_heads, layer.dim, layer.head_dim
    rows = [
        (f"Slice: {heads} × width {width}", f"its {width} of {dim} columns", *made(heads, "slice"), layer.reading == "slice"),
        (f"Project: {heads} × width {width}", f"all {dim} columns", *made(heads, "project"), layer.reading == "project"),
        (f"One head of width {dim}", f"all {dim} columns", *made(1, "project"), False),
    ]
    lines = "".join(
        f"<tr{' class=changed' if shown else ''}><td>{what}</td><td>{reads}</td>"
        f'<td data-value="{parameters}">{parameters:,}</td><td data-value="{cost}">{cost:,}</td></tr>'
        for what, reads, parameters, cost, shown in rows
    )
    st.html(
        '<table class="regard-shapes"><thead><tr><th>Layer</th><th>A head reads</th><th>Parameters</th>'
        f"<th>Multiply–adds, N = {num_tokens}</th></tr></thead><tbody>{lines}</tbody></table>"
    )
    _say_costs(rows[0][2:4], rows[1][2:4], rows[2][2:4], heads)


def _say_costs(sliced: tuple[int, int], projected: tuple[int, int], single: tuple[int, int], heads: int) -> None:
    equal = "equal" if projected == single else "not equal"
    say(
        f"Project against one wide head: {equal} in parameters ({{}} and {{}}) and in multiply–adds ({{}} and {{}}); "
        "the split costs nothing.",
        projected[0],
        single[0],
        projected[1],
        single[1],
    )
    if heads > 1:
        say(
            f"Slice saves {{}} parameters and {{}} multiply–adds: the matrices of its projections are {heads} times smaller.",
            projected[0] - sliced[0],
            projected[1] - sliced[1],
        )


def done(trace: MultiHeadTrace, heads_on: tuple[bool, ...]) -> list[bool]:
    """The tasks of assets/lessons/tasks.json."""
    weights = trace.heads.weights[torch.tensor(heads_on)]  # (heads on, N, N)
    largest, place = weights.max(-1) if len(weights) else (torch.zeros(0, 1), torch.zeros(0, 1))
    chosen = place.where(largest > 0.5, torch.tensor(-1))
    disagree = any(len({int(key) for key in chosen[:, row] if key >= 0}) > 1 for row in range(chosen.shape[1]))
    added = trace.contributions.abs().amax((1, 2))
    alone = len(added) > 1 and int((added > 1e-9).sum()) == 1
    bare = bool(torch.allclose(trace.output, trace.concat)) and bool(trace.concat.abs().max() > 1e-9)
    return [disagree, alone, bare]


def forget_heads() -> None:
    """All edits of the heads' projections, in any setting."""
    forget(*(name for name in kept_names() if is_of_a_head(name)))


def forget_all() -> None:
    forget_heads()
    forget_join()


def forget_join() -> None:
    """All edits of W_0 and b_0."""
    forget("W0", "b0")
