"""The page "Your image": where each patch of a picture looks."""

import streamlit as st

from ui.components.copy_link import copy_link
from ui.components.explorer import explorer
from ui.components.map_files import map_files
from ui.components.told import told
from ui.explorer.controls import (
    choose_picture,
    cropped,
    offer_presets,
    picture_file,
    picture_title,
    say_about_picture,
    stands_in,
    take_pictures,
)
from ui.explorer.depth import show_depth
from ui.explorer.detail import detail_title
from ui.explorer.head_statistics import show_heads
from ui.explorer.loading import ASKED_GRID
from ui.explorer.notes import explain
from ui.explorer.own_weights import say_about_weights
from ui.explorer.sources import choose_source, model_title, say_grid
from ui.explorer.view_state import EXPLORER, begin_view, for_browser, take_square
from ui.explorer.viewer import record_or_fall_back, show_matrix, show_why
from ui.links import bound
from ui.page import begin_page
from ui.shared.faults import part_of_page
from ui.whatif.state import arrive

TABS = ("All heads", "Why this weight", "Depth and outliers", "Matrix", "How to read it")

begin_view(begin_page())
if arrive(told(EXPLORER, "leave")):
    # Without `query_params`, Streamlit refuses to empty a link that widgets are tied to.
    st.switch_page("pages/what_if.py", query_params={})
status = st.container(key="status")

# Each container keeps its place in every run. If one moves, Streamlit unties its controls from the link.
take_pictures()
bar = st.container(horizontal=True, key="bar", gap="small")
with bar:
    photo = st.popover(picture_title(), icon=":material/image:", key="photo")
    model = st.popover(model_title(), icon=":material/neurology:", key="model-menu")
    detail = st.popover(detail_title(), icon=":material/grid_on:", key="detail-menu")
    st.space("stretch")
    copy_link()
    export = st.popover("Export", icon=":material/download:", key="export")
messages = st.container(key="said")
gate = st.container(key="gate")
stage = st.container(key="stage")
heads_tab, why_tab, depth_tab, matrix_tab, reading_tab = st.tabs(
    list(TABS), on_change="rerun", **bound("tab", "your_image", default=TABS[0])
)

with photo:
    picture = cropped(choose_picture())
    offer_presets()
with messages:
    say_about_picture()
source = choose_source(model, detail, gate)
with messages:
    say_about_weights(source.stands_in_for, source.info.title)

recording = record_or_fall_back(picture, source, stage, status, gate)
say_grid(detail, recording, source)
with stage, part_of_page():
    explorer(
        recording,
        EXPLORER,
        reader=for_browser(),
        asked_grid=st.session_state[ASKED_GRID],
        linked=True,
        stands_in=stands_in() or bool(source.stands_in_for),
        on_square=take_square,
    )

with export, part_of_page():
    map_files(EXPLORER, picture_file())
if heads_tab.open:
    with heads_tab, part_of_page():
        show_heads(recording)
if why_tab.open:
    with why_tab, part_of_page():
        show_why(recording)
if depth_tab.open:
    with depth_tab, part_of_page():
        show_depth(recording)
if matrix_tab.open:
    with matrix_tab, part_of_page():
        show_matrix(recording)
if reading_tab.open:
    with reading_tab, part_of_page():
        explain(recording)
