"""The page "Start": what Regard is, with a live map and ways to the other pages."""

import streamlit as st

from attention_core.export.bundler import text
from ui import caches
from ui.components.explorer import explorer
from ui.contents import LESSONS
from ui.explorer.controls import UPLOAD_ERROR, take_pictures
from ui.explorer.sources import Source
from ui.explorer.view_state import begin_view, opening
from ui.explorer.viewer import record_or_fall_back
from ui.offers import offered_models
from ui.page import begin_page

CANVAS = "start-canvas"

begin_view(begin_page())

# assets/page/page.css puts the third column below the first, and on a phone below the canvas.
words, canvas_column, ways = st.columns(3, gap="large")
stage = canvas_column.container(key="start-stage")

take_pictures(leads_to="pages/your_image.py")
with words:
    st.title("Attention you can touch", anchor=False)
    st.markdown(text("texts/start.md"))
    if error := st.session_state.get(UPLOAD_ERROR):
        st.error(error)

with ways:
    if st.button("Bring your own picture", type="primary", icon=":material/image:"):
        st.switch_page("pages/your_image.py")
    st.page_link("pages/compare.py", label="Or compare two pictures: which patches match?", icon=":material/compare:")
    st.page_link("pages/what_if.py", label="Or switch a head off: what changes in the model?", icon=":material/switches:")
    st.page_link("pages/atlas.py", label="Or see what every head does over many pictures", icon=":material/grid_view:")
    st.markdown("Or begin with five vectors and see every number live:")
    for lesson in LESSONS:
        st.page_link(lesson.file, label=f"**{lesson.title}**: {lesson.says}", icon=":material/arrow_forward:")
    status = st.container()

source = Source(offered_models()[0], (), 37)
recording = record_or_fall_back(caches.photograph("astronaut"), source, stage, status, status)

with stage:
    explorer(recording, CANVAS, reader=opening(), compact=True)
ways.caption(f"{recording.model.title}. Photograph: {recording.picture.credit}.")
