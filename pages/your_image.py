"""Where does each patch of a picture look?"""

import streamlit as st

from ui.components.canvas import attention_canvas
from ui.explorer.controls import choose_crop, choose_look, choose_picture, choose_view, offer_presets
from ui.explorer.head_statistics import offer_statistics
from ui.explorer.notes import explain
from ui.explorer.sources import choose_source
from ui.explorer.state import CANVAS, head_changed, pin_changed
from ui.explorer.viewer import compute_rows, offer_files, record_or_fall_back, show_matrix
from ui.page import begin_page

begin_page()

st.subheader("Where does each patch look?", anchor=False)
status = st.container(key="status")

canvas_column, source_column, view_column = st.columns([2, 1.2, 1.4], gap="medium")
stage = canvas_column.container(key="stage")
# Each part keeps its place, whatever the ones before it hold: Streamlit unties controls from the link where a container moves.
picture_controls, source_controls, gate, presets, more = (source_column.container() for _ in range(5))
view_controls, matrix = view_column.container(), view_column.container()

with picture_controls:
    picture = choose_picture()
with source_controls:
    source = choose_source()
with presets:
    offer_presets()
with more, st.expander("More"):
    look = choose_look()
    picture = picture.square() if choose_crop() else picture

shown = record_or_fall_back(picture, source, stage, status, gate)

with view_controls:
    view = choose_view(shown, look)

view = compute_rows(shown, view, status)
with stage:
    attention_canvas(shown, view, CANVAS, pin_changed, head_changed)

with matrix:
    show_matrix(shown, view)
    offer_files(shown, view)

offer_statistics(shown, view)
explain(shown, view)
