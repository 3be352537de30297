"""What this is, with something real to touch."""

import streamlit as st

from attention_core import available_models
from ui import caches
from ui.assets import text
from ui.components import View, attention_canvas
from ui.controls import Source
from ui.page import begin_page
from ui.viewer import record_or_fall_back

begin_page()

words, canvas_column = st.columns([1, 1.4], gap="large")

with words:
    st.title("Attention you can touch", anchor=False)
    st.markdown(text("texts/start.md"))
    st.page_link("pages/your_image.py", label="Your image: any patch, head and layer", icon=":material/image:")
    status = st.container()

source = Source(available_models()[0], (), 37)
shown = record_or_fall_back(caches.photograph("astronaut"), source, canvas_column, status)
last = len(shown.record.layers) - 1
layer = shown.record.layers[min(10, last)]

with canvas_column:
    attention_canvas(shown, View(layer=min(10, last), heads=tuple(range(layer.num_heads))), key="start-canvas")
words.caption(f"{shown.model.title}, layer {min(10, last)}, mean of its heads. Photograph: {shown.picture.credit}.")
