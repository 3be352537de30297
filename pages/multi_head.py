"""The lesson "Multi-head": several attentions over the same vectors, and how they become one again."""

import streamlit as st

from attention_core.export.bundler import text
from ui.components.lesson import lesson_files
from ui.lessons.page import show_lesson
from ui.page import begin_page

show_lesson("multi_head", begin_page())

st.divider()
st.markdown(text("texts/multi_head.md"))
lesson_files("multi_head")
