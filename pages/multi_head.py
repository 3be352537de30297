"""What do several attentions see that one cannot, and how do they become one again?"""

import streamlit as st

from attention_core.export.bundler import text
from ui.lessons.confirmation import read_heads
from ui.lessons.page import show_lesson
from ui.lessons.snippets import multi_head_snippet
from ui.lessons.taking_along import offer_lesson
from ui.page import begin_page

shown = show_lesson("multi_head", begin_page(), read_heads)

st.divider()
st.markdown(text("texts/multi_head.md"))
if shown is not None:
    offer_lesson("multi_head", multi_head_snippet(shown.layer, shown.x, shown.mask, shown.heads_on))
