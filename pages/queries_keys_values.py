"""How can a vector ask for one thing, answer to another, and hand over a third?"""

import streamlit as st

from attention_core.export.bundler import text
from ui.lessons.confirmation import read_projected
from ui.lessons.page import show_lesson
from ui.lessons.snippets import qkv_snippet
from ui.lessons.taking_along import offer_lesson
from ui.page import begin_page

shown = show_lesson("queries_keys_values", begin_page(), read_projected)

st.divider()
st.markdown(text("texts/qkv.md"))
if shown is not None:
    offer_lesson("queries_keys_values", qkv_snippet(shown.x, shown.z, shown.made, shown.mask))
