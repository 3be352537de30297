"""The parts of the page "Self-attention"."""

from __future__ import annotations

import math
from typing import Final

import streamlit as st
import torch
from torch import Tensor

from attention_core import AttentionTrace, attention
from ui import caches
from ui.choices import segments
from ui.components.matrix_table import matrix_table
from ui.components.toy_figure import Names
from ui.lessons.charts import saturation_figure
from ui.lessons.controls import by_name
from ui.lessons.matrices import edit_matrix, matrix
from ui.lessons.sentences import named, say
from ui.links import bound
from ui.numbers import short

DICTIONARY: Final = ("entries", "ask")
VERSIONS: Final = {"raw": "Dot products", "softmax": "Softmax", "scaled": "Scaled softmax"}
TEMPERATURES: Final = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, math.inf)
ENTRIES: Final = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 2.0], [-1.0, 0.0, 3.0], [0.0, -1.0, 4.0]], dtype=torch.float64)
QUERY: Final = torch.tensor([[0.8, 0.5]], dtype=torch.float64)
WIDTHS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def choose_version() -> str:
    """How dot products become weights: "raw", "softmax" or "scaled"."""
    return segments("Weights are", VERSIONS, "weights")


def attend(x: Tensor, mask: Tensor | None, version: str) -> AttentionTrace:
    """x (N, D) as query, key and value, all at once."""
    return attention(x, x, x, mask=mask, scale=scale(version), normalise=version != "raw")


def scale(version: str) -> float | None:
    """As `attention` takes it."""
    return None if version == "scaled" else 1.0


def say_what_weights_do(version: str, trace: AttentionTrace, row: int, names: Names) -> None:
    """What the chosen weights do to the numbers at hand."""
    weights = trace.weights[row]
    output = named(names.x[row].replace("x", "y"))
    largest = int(weights.argmax())
    allowed = trace.masked[row] > -torch.inf
    if not allowed.any():
        return
    if version == "raw":
        say(
            f"The weights of {output} are bare dot products. They sum to {{}}, not to 1, and may be negative: the longer the "
            "vectors, the larger the output.",
            float(weights.sum()),
        )
    else:
        soft = attention(trace.q, trace.k, trace.v, mask=trace.masked > -torch.inf, scale=1.0).weights[row].max()
        scaled = attention(trace.q, trace.k, trace.v, mask=trace.masked > -torch.inf).weights[row].max()
        before, after = (scaled, soft) if version == "softmax" else (soft, scaled)
        positive = (
            "All weights are positive" if allowed.all() else "Weights are positive where the mask lets the query look, else 0,"
        )
        other = "With 1/√d it would be" if version == "softmax" else "Without 1/√d it was"
        say(
            f"{positive} and sum to {{}}. The largest is {{}}, for {named(names.x[largest])}. {other} {{}}.",
            float(weights.sum()),
            float(after),
            float(before),
        )


def say_what_order_does(shown: AttentionTrace, in_order: AttentionTrace, order: list[int], positions: bool) -> None:
    """Whether the outputs of the vectors in this order are the outputs of the vectors in order, put in this order."""
    if positions:
        st.caption("The x of the figure are those of the table plus the encoding of their place: its sines and cosines.")
    if order == sorted(order):
        st.caption("Shuffle, and see what becomes of the outputs.")
        return
    difference = float((shown.output - in_order.output[order]).abs().max())
    if difference < 1e-9:
        say("Shuffled. Every output is what it was, at its vector's new place: they differ by {} at most.", difference)
    else:
        why = "each place adds something else to its vector" if positions else "the mask goes by place"
        say(f"Shuffled, and outputs changed by up to {{}}: {why}. Now order matters.", difference)


def scaling() -> None:
    """Without 1/√d the largest weight wins as d grows."""
    words, chart = st.columns([1, 1.5], gap="large", vertical_alignment="center")
    with words:
        st.subheader("Why divide by √d?", anchor=False)
        width = st.select_slider("Width d of the vectors", WIDTHS, **bound("width", value=16))
        unscaled, scaled = caches.largest_weights(WIDTHS)
        at = WIDTHS.index(width)
        say(
            "The largest of five weights, on average over 256 draws of a query and five keys: {} without 1/√d, {} with it.",
            unscaled[at],
            scaled[at],
        )
        st.caption("A dot product adds up d terms, so it grows with √d. Softmax then gives nearly everything to the largest.")
    chart.plotly_chart(saturation_figure(WIDTHS, unscaled, scaled, width), key="saturation", config={"displayModeBar": False})


def soft_dictionary() -> None:
    """A lookup in which every key matches to some extent."""
    st.subheader("A soft dictionary", anchor=False)
    st.markdown(
        "A dictionary returns the value of the one key that matches. Here every key matches the query to some extent, its dot "
        "product, and the answer is a mixture of all values. The temperature says how strict it is."
    )
    entries, query = matrix("entries", ENTRIES, resizable=False), matrix("ask", QUERY)
    table, asked, answers = st.columns([1.1, 0.8, 1.3], gap="large")
    count = len(entries)
    with table:
        rows = [f"entry {at + 1}" for at in range(count)]
        columns = ["k, 1", "k, 2", "v"]
        edit_matrix("entries", entries, label="Keys and values", role="k", row_names=rows, column_names=columns)
    with asked:
        edit_matrix("ask", query, label="Query", role="q", row_names=["q"], column_names=["1", "2"])
        temperature = st.select_slider("Temperature T", TEMPERATURES, format_func=_temperature, **bound("t", value=0.5))
    keys, values = entries[:, :2], entries[:, 2:]
    soft = attention(query, keys, values, scale=1.0, temperature=temperature)
    with answers:
        look_up = torch.cat([soft.scores, soft.weights, soft.weights * values.T]).T
        matrix_table(
            "table-lookup", look_up, label="Lookup", role="w", row_names=rows, column_names=["q·k", "weight", "weight × v"]
        )
        _say_answers(soft, hard_lookup(soft.scores[0], values))


def hard_lookup(scores: Tensor, values: Tensor) -> Tensor:
    """The value of the best match, scores (M), values (M, dv) → (dv); of several best ones their mean."""
    return values[scores == scores.max()].mean(0)


def _say_answers(soft: AttentionTrace, hard: Tensor) -> None:
    mixture = float(soft.output[0, 0])
    say(
        f"Mixture: {{}}. Hard lookup, the value of the best match: {{}}. {_verdict(mixture, float(hard[0]))}",
        mixture,
        float(hard[0]),
    )


def _verdict(mixture: float, hard: float) -> str:
    return "They are equal." if math.isclose(mixture, hard, abs_tol=1e-9) else f"They differ by {short(abs(mixture - hard))}."


def done(trace: AttentionTrace, order: list[int]) -> list[bool]:
    """The tasks of assets/lessons/tasks.json; they go by the vectors' names, whatever their order."""
    weights = by_name(trace.weights, order)
    sums = torch.allclose(weights.sum(-1), torch.ones(len(weights), dtype=weights.dtype), atol=1e-6)
    ignores = len(weights) >= 5 and bool(weights[1, 4].abs() < 0.01)
    uniform = sums and len(weights) > 1 and bool(torch.allclose(weights, weights[:1].expand_as(weights), atol=1e-3))
    elsewhere = sums and int(weights[0].argmax()) != 0
    return [ignores, uniform, elsewhere]


def _temperature(value: float) -> str:
    return "0 (hard)" if value == 0 else "∞ (mean)" if math.isinf(value) else f"{value:g}"
