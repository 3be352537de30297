"""What does a vector take from the others, and how much? Attention without anything to learn."""

import streamlit as st

from attention_core.export.bundler import text
from ui.components.matrix_table import matrix_table
from ui.components.toy_figure import Names, chosen, subscripted, toy_figure
from ui.lessons import self_attention as parts
from ui.lessons.charts import show_weights
from ui.lessons.controls import choose_mask, choose_order, choose_vectors, edited_vectors, offer_to_start_over, with_positions
from ui.lessons.matrices import carry_in_link, edit_matrix
from ui.lessons.sentences import feature_names, plain, say_which_rows_see_nothing
from ui.lessons.snippets import offer_python, self_attention_snippet
from ui.lessons.tasks import check_yourself
from ui.links import bound
from ui.page import begin_page

begin_page()
st.subheader("What does each vector take from the others?", anchor=False)
stage, side = st.columns([1.25, 1], gap="medium")

with side:
    version = parts.choose_version()
    sentence = st.container()
    vectors = choose_vectors()
    X = edited_vectors(vectors)
    X_column, Y_column = st.columns(2, gap="small")
    mask = choose_mask(len(X), len(X))
    order = choose_order(len(X))
    positions = st.toggle("Add positions (sinusoidal)", **bound("positions", value=False))
    consequence = st.container()

x = with_positions(X[order], positions)
trace = parts.attend(x, mask, version)

names = Names(subscripted("x", order), captions=tuple(vectors.captions[at] for at in order if at < len(vectors.captions)))
features = feature_names(vectors, X.shape[1])
choice = chosen(len(x), len(x))

with stage:
    toy_figure(
        trace,
        x,
        names,
        choice,
        scale=parts.scale(version) or X.shape[1] ** -0.5,
        normalise=version != "raw",
        key="self-attention",
        alt="Self-attention: the vectors x below, the outputs y on top",
    )
with sentence:
    parts.say_what_weights_do(version, trace, choice.row, names)
    say_which_rows_see_nothing(trace.masked, names.x)
with X_column:
    edit_matrix("X", X, label="X", role="x", row_names=plain("x", range(len(X))), column_names=features)
with Y_column:
    outputs = plain("y", order)
    matrix_table("table-Y", trace.output, label="Y", role="y", row_names=outputs, column_names=features, marked_row=choice.row)
with consequence:
    in_order = parts.attend(with_positions(X, positions), mask, version)
    parts.say_what_order_does(trace, in_order, order, positions)

W_column, words = st.columns([1, 1.2], gap="large")
with W_column:
    show_weights(trace.weights, names.x, names.x, choice, key="self-attention-w")
words.markdown(text("texts/self_attention.md"))

with side:
    offer_to_start_over("self_attention", ("X", *parts.DICTIONARY))
parts.scaling()
parts.soft_dictionary()
check_yourself("self_attention", parts.done(trace, order))
offer_python(self_attention_snippet(x, mask, parts.scale(version), version != "raw"), "self_attention.py")
carry_in_link(("X", *parts.DICTIONARY))
