"""What do several attentions see that one cannot, and how do they become one again?"""

import streamlit as st
import torch

from attention_core.export.bundler import text
from ui.components.heads_figure import heads_figure
from ui.components.toy_figure import Names, subscripted
from ui.lessons import multi_head as parts
from ui.lessons.charts import heads_weights_figure
from ui.lessons.controls import choose_mask, choose_vectors, edited_vectors, offer_to_start_over
from ui.lessons.matrices import carry_in_link, edit_matrix
from ui.lessons.multi_head_layer import build_layer, is_of_a_head
from ui.lessons.sentences import feature_names, plain, say_which_rows_see_nothing
from ui.lessons.snippets import multi_head_snippet, offer_python
from ui.lessons.tasks import check_yourself
from ui.page import begin_page
from ui.streamlit_workarounds import let_be_drawn

begin_page()
st.subheader("What do several attentions see that one cannot?", anchor=False)
stage, side = st.columns([4.4, 1], gap="medium")

with side:
    reading = parts.choose_reading()
    vectors = choose_vectors("X8", "vectors8.json", "vectors8")
    X = edited_vectors(vectors, "X8")
    num_heads = parts.choose_heads(X.shape[1])
    heads_on = parts.choose_heads_on(num_heads)
    setting = parts.choose_setting(X.shape[1], num_heads, reading)
    mask = choose_mask(len(X), len(X))
    offer_to_start_over("multi_head", ("X8", *setting.names()))

layer = build_layer(setting)
trace = layer.trace(X, mask, heads_on=torch.tensor(heads_on))
names = Names(subscripted("x", range(len(X))), captions=vectors.captions[: len(X)])
features = feature_names(vectors, X.shape[1])

with stage:
    heads_figure(
        layer,
        trace,
        heads_on,
        names,
        key="multi-head",
        alt="Multi-head self-attention: x below, the heads above it, their outputs side by side, and W_0 that joins them to y",
    )
    parts.say_that_heads_add_up(layer, trace)
    say_which_rows_see_nothing(trace.heads.masked[0], names.x)

st.subheader("The numbers", anchor=False)
X_column, W0_column = st.columns(2, gap="large")
with X_column:
    edit_matrix("X8", X, label="X", role="x", row_names=plain("x", range(len(X))), column_names=features)
with W0_column:
    parts.edit_join(layer)
parts.edit_heads(layer, setting, features)

st.subheader("The heads' weights, side by side", anchor=False)
let_be_drawn()
st.plotly_chart(
    heads_weights_figure(trace.heads.weights, names.x, heads_on), key="heads-weights", config={"displayModeBar": False}
)

costs, words = st.columns(2, gap="large")
with costs:
    st.subheader("What it costs, and what a head sees", anchor=False)
    parts.compare_costs(layer, len(X))
    parts.say_what_a_column_reaches(layer, X, mask)
words.markdown(text("texts/multi_head.md"))

check_yourself("multi_head", parts.done(trace, heads_on))
offer_python(multi_head_snippet(layer, X, mask, heads_on), "multi_head.py")
carry_in_link(("X8", *setting.names()), others=is_of_a_head)
