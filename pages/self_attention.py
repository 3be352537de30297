"""The lesson "Self-attention": how much each vector takes from the others. Nothing is learned."""

import streamlit as st

from attention_core.export.bundler import text
from ui.components.lesson import lesson_files
from ui.lessons.page import show_lesson
from ui.lessons.scaling import why_divide
from ui.page import begin_page

show_lesson("self_attention", begin_page())

st.divider()
words, program = st.columns(2, gap="large")
words.markdown(text("texts/self_attention.md"))
with program:
    why_divide()
lesson_files("self_attention")
