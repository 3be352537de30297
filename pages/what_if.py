"""The page "What if": one picture and one model, unchanged on the left and changed on the right."""

import streamlit as st

from attention_core.export.bundler import text
from ui.compare.stage import kinds_of
from ui.components.compare import Shown, compare, compare_files
from ui.components.copy_link import copy_link
from ui.components.what_if import head_effects, what_if_panel, what_if_python, what_if_strip
from ui.explorer.controls import (
    choose_picture,
    picture_file,
    picture_title,
    say_about_picture,
    stands_in,
    take_pictures,
)
from ui.explorer.detail import detail_title
from ui.explorer.loading import ASKED_GRID
from ui.explorer.own_weights import say_about_weights
from ui.explorer.sources import choose_source, model_title, say_grid
from ui.explorer.view_state import begin_view
from ui.explorer.viewer import record_or_fall_back
from ui.links import bound
from ui.page import begin_page
from ui.shared.faults import part_of_page
from ui.whatif.presets import EXAMPLES, offer_presets
from ui.whatif.state import SIDE, VIEW, WHAT_IF, acts_for_browser, begin, opened_at

TABS = ("Every head’s effect", "How it is done", "In Python")
SHOWS = ("attention", "similarity", "moved")

entered = begin_page()
begin_view(False)  # the uploader releases the pin of "Your image"
begin(entered)
status = st.container(key="status")

# Each container keeps its place in every run. If one moves, Streamlit unties its controls from the link.
take_pictures()
bar = st.container(horizontal=True, key="bar", gap="small")
with bar:
    photo = st.popover(picture_title(), icon=":material/image:", key="photo")
    model = st.popover(model_title(), icon=":material/neurology:", key="model-menu")
    detail = st.popover(detail_title(), icon=":material/grid_on:", key="detail-menu")
    examples = st.popover("Examples", key=EXAMPLES, on_change="rerun")
    st.space("stretch")
    copy_link()
    export = st.popover("Export", icon=":material/download:", key="export")
messages = st.container(key="said")
gate = st.container(key="gate")
strip = st.container(key="strip")
pictures, heads = st.columns([4.4, 1], gap="medium")
stage = pictures.container(key="stage")
effects_tab, reading_tab, python_tab = st.tabs(list(TABS), on_change="rerun", **bound("tab", "what_if", default=TABS[0]))

with photo:
    picture = opened_at(choose_picture(), st.session_state["picture"])
with examples:
    offer_presets()
source = choose_source(model, detail, gate, SIDE)
with messages:
    say_about_picture()
    say_about_weights(source.stands_in_for, source.info.title, SIDE)
recording = record_or_fall_back(picture, source, stage, status, gate, SIDE)
say_grid(detail, recording, source)

with strip, part_of_page():
    what_if_strip(WHAT_IF, recording.model.title, acts_for_browser(st.session_state["picture"]))
with stage, part_of_page():
    asked_grid = st.session_state[ASKED_GRID]
    compare(  # the browser puts the changed model on the right
        (Shown(recording, "As it is", asked_grid=asked_grid), Shown(recording, "Changed", asked_grid=asked_grid)),
        WHAT_IF,
        kinds=kinds_of((recording, recording)),
        one_space=True,
        others=(),
        stands_in=stands_in() or bool(source.stands_in_for),
        reader=VIEW.for_browser(),
        shows=SHOWS,
        matches=False,
        changed=True,
    )
with heads.container(key="heads"), part_of_page():
    what_if_panel(WHAT_IF, [each.layer.index for each in recording.layers])
with export, part_of_page():
    compare_files(WHAT_IF)
if effects_tab.open:
    with effects_tab, part_of_page():
        head_effects(WHAT_IF)
if reading_tab.open:
    with reading_tab, part_of_page():
        st.markdown(text("texts/what_if.md"))
if python_tab.open:
    with python_tab, part_of_page():
        what_if_python(WHAT_IF, picture_file())
st.caption(recording.picture.credit)
