"""What does a vector take from the others, and how much? Attention without anything to learn."""

import streamlit as st

from attention_core.export.bundler import text
from ui.lessons.confirmation import VERSIONS, read_self_attention
from ui.lessons.page import show_lesson
from ui.lessons.scaling import why_divide
from ui.lessons.snippets import self_attention_snippet
from ui.lessons.taking_along import offer_lesson
from ui.page import begin_page

shown = show_lesson("self_attention", begin_page(), read_self_attention)

st.divider()
words, program = st.columns(2, gap="large")
words.markdown(text("texts/self_attention.md"))
with program:
    why_divide()
if shown is not None:
    offer_lesson("self_attention", self_attention_snippet(shown.x, shown.mask, **VERSIONS[shown.version]))
