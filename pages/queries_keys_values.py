"""The lesson "Queries, keys, values": a vector asks for one thing, answers to another, and passes on a third."""

import streamlit as st

from attention_core.export.bundler import text
from ui.components.lesson import lesson_files
from ui.lessons.page import show_lesson
from ui.page import begin_page

show_lesson("queries_keys_values", begin_page())

st.divider()
st.markdown(text("texts/qkv.md"))
lesson_files("queries_keys_values")
