"""Where does each patch of a picture look?"""

import streamlit as st

from ui.components.explorer import explorer
from ui.components.store import send_layers
from ui.explorer.controls import choose_picture, cropped, offer_presets
from ui.explorer.head_statistics import show_heads
from ui.explorer.notes import explain
from ui.explorer.sources import choose_source
from ui.explorer.state import EXPLORER
from ui.explorer.view_state import OPENING, begin_view, carry_pin, handed_over, take_view, wanted_view
from ui.explorer.viewer import compute_rows, offer_files, record_or_fall_back, show_matrix
from ui.page import begin_page

begin_view(begin_page())
status = st.container(key="status")

# Each part keeps its place, whatever the ones before it hold: Streamlit unties controls from the link where a container moves.
bar = st.container(horizontal=True, key="bar", gap="small")
with bar:
    photo = st.popover("Photo", icon=":material/image:")
    model = st.popover("Model", icon=":material/neurology:")
    detail = st.popover("Detail", icon=":material/grid_on:")
    st.space("stretch")
    export = st.popover("Export", icon=":material/download:")
gate = st.container()
stage = st.container(key="stage")
heads_tab, matrix_tab, reading_tab = st.tabs(["All heads", "Matrix", "How to read it"], on_change="rerun", key="tab")

with photo:
    picture = cropped(choose_picture())
    offer_presets()
with model:
    source = choose_source()

shown = record_or_fall_back(picture, source, stage, status, gate)
carry_pin(shown.grid)
view = compute_rows(shown, wanted_view(), status)
with stage:
    explorer(
        shown,
        view,
        EXPLORER,
        defaults=OPENING,
        newer=handed_over(),
        linked=True,
        on_view=lambda: take_view(st.session_state[EXPLORER].view),
    )
    send_layers(shown, EXPLORER)

with export:
    offer_files(shown, view)
if heads_tab.open:
    with heads_tab:
        show_heads(shown)
if matrix_tab.open:
    with matrix_tab:
        show_matrix(shown, view)
if reading_tab.open:
    with reading_tab:
        explain(shown, view)
