"""The page "Atlas": every head over many pictures, with its mean, its spread and the pictures with its largest values."""

import streamlit as st

from attention_core.export.bundler import text
from ui.atlas.chosen import ATLAS, BESIDE, choose_atlas, opened_atlas, opened_beside
from ui.atlas.labelled import choose_labels, labels_title
from ui.atlas.leading import lead, note_on
from ui.atlas.said import measures_of, measures_said, say_about
from ui.atlas.view_state import ATLAS_VIEW, VIEW
from ui.atlases import plain
from ui.components.atlas import atlas_files, atlas_view
from ui.components.copy_link import copy_link
from ui.components.told import told
from ui.data.atlases import AtlasShown
from ui.page import begin_page
from ui.shared.faults import part_of_page

VIEW.enter(begin_page())
opened, problem = opened_atlas()
beside, beside_problem = opened_beside()
lead(opened, told(ATLAS_VIEW, "open"))

bar = st.container(horizontal=True, key="bar", gap="small")
with bar:
    atlas_menu = st.popover(plain(opened.title), icon=":material/grid_view:", key="atlas-menu")
    beside_menu = st.popover(
        f"Beside: {plain(beside.title) if beside else 'none'}", icon=":material/compare:", key="beside-menu"
    )
    labels_menu = st.popover(plain(labels_title()), icon=":material/label:", key="labels-menu")
    st.space("stretch")
    copy_link()
    export = st.popover("Export", icon=":material/download:", key="export")
messages = st.container(key="said")
stage = st.container(key="stage")

with atlas_menu:
    choose_atlas(ATLAS, opened.name)
with beside_menu:
    choose_atlas(BESIDE, beside.name if beside else "")
with labels_menu:
    only, labels_problem = choose_labels(opened.atlas)

with messages, part_of_page():
    say_about(opened, beside, [problem, beside_problem, labels_problem])
with stage, part_of_page():
    atlas_view(
        ATLAS_VIEW,
        AtlasShown(opened.atlas, opened.title, beside.atlas if beside else None, only),
        caption=opened.caption,
        beside=beside.title if beside else "",
        measures=measures_of(opened, beside),
        note=note_on(opened),
        orders=VIEW.for_browser(),
    )
with export, part_of_page():
    atlas_files(ATLAS_VIEW)

st.divider()
for column, part in zip(st.columns(2, gap="large"), ("atlas", "atlas_own"), strict=True):
    column.markdown(text(f"texts/{part}.md").replace("{measures}", measures_said()))
