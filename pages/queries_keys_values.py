"""How can a vector ask for one thing, answer to another, and hand over a third?"""

import streamlit as st

from attention_core.export.bundler import text
from ui.components.toy_figure import Names, chosen, subscripted, toy_figure
from ui.lessons import qkv as parts
from ui.lessons import self_attention
from ui.lessons.charts import show_weights
from ui.lessons.controls import choose_mask, choose_order, choose_vectors, edited_vectors, offer_to_start_over, with_positions
from ui.lessons.matrices import carry_in_link, edit_matrix
from ui.lessons.sentences import feature_names, plain, say_which_rows_see_nothing
from ui.lessons.snippets import offer_python, qkv_snippet
from ui.lessons.tasks import check_yourself
from ui.links import bound
from ui.page import begin_page

begin_page()
st.subheader("What does each vector ask, answer and hand over?", anchor=False)
stage, side = st.columns([1.6, 1], gap="medium")

with side:
    recipe = parts.choose_recipe()
    seed = parts.choose_seed(recipe)
    consequence = st.container()
    vectors = choose_vectors()
    X = edited_vectors(vectors)
    Z = parts.choose_source(X.shape[1])
    tables = st.container()
    d = parts.choose_head_width(X.shape[1])
    mask = choose_mask(len(X), len(X if Z is None else Z))
    order = choose_order(len(X))
    positions = st.toggle("Add positions (sinusoidal)", **bound("positions", value=False))
    offer_to_start_over("qkv", ("X", "Z", *parts.MATRICES))

x = with_positions(X[order], positions)

source = x if Z is None else Z
made = parts.projections(x, source, d, recipe, seed)
trace = parts.attend(x, source, made, mask)

captions = vectors.captions if Z is None else ()
names = Names(
    subscripted("x", order),
    () if Z is None else subscripted("z", range(len(Z))),
    tuple(captions[at] for at in order if at < len(captions)),
)
features = feature_names(vectors, X.shape[1])
choice = chosen(len(x), len(source))

with stage:
    toy_figure(
        trace,
        x,
        names,
        choice,
        scale=d**-0.5,
        projected=True,
        z=Z,
        key="queries-keys-values",
        alt="Attention with projections: the vectors below, their queries, keys and values above them, the outputs y on top",
    )
with consequence:
    parts.say_what_recipe_does(recipe, trace, x, source)
    parts.say_how_it_differs(trace, self_attention.attend(x, mask if Z is None else None, "scaled"), Z is not None)
    say_which_rows_see_nothing(trace.masked, names.x)
with tables:
    edit_matrix("X", X, label="X", role="x", row_names=plain("x", range(len(X))), column_names=features)
    if Z is not None:
        sources = [str(at + 1) for at in range(Z.shape[1])]
        edit_matrix("Z", Z, label="Z", role="x", row_names=plain("z", range(len(Z))), column_names=sources)

for column, (role, projection) in zip(st.columns(3, gap="large"), made.items(), strict=True):
    with column:
        width = projection.weight.shape[0]
        parts.edit_projection(role, projection, features if width == len(features) else [str(at + 1) for at in range(width)])

W_column, shapes = st.columns([1, 1.2], gap="large")
with W_column:
    show_weights(trace.weights, names.x, names.z or names.x, choice, key="qkv-w")
with shapes:
    parts.show_shapes(x, source, trace, made, Z is not None)
    st.markdown(text("texts/qkv.md"))

check_yourself("qkv", parts.done(trace, order, Z is not None))
offer_python(qkv_snippet(x, Z, {role: (made[role].weight, made[role].bias) for role in made}, mask), "queries_keys_values.py")
carry_in_link(("X", "Z", *parts.MATRICES))
