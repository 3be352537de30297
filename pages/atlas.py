"""What does a head do over many pictures? Every head with its mean and spread, and the pictures that it answers to most."""

import streamlit as st

from attention_core.export.bundler import text
from ui.atlas.chosen import (
    ATLAS,
    BESIDE,
    GRID,
    HEAD,
    choose_atlas,
    choose_head,
    choose_measure,
    choose_view,
    chosen_head,
    chosen_view,
    opened_atlas,
    opened_beside,
)
from ui.atlas.files import offer_files
from ui.atlas.found import comparison, grid, of_head
from ui.atlas.labelled import choose_labels, labels_title
from ui.atlas.leading import ask_for, lead, note_on
from ui.atlas.said import columns_of, is_measured, measures_said, other_of, say_about, varies_most
from ui.atlases import plain
from ui.components.atlas import atlas_grid, atlas_head
from ui.components.copy_link import copy_link
from ui.page import begin_page
from ui.shared.faults import part_of_page

begin_page()
status = st.container(key="status")
shown, shown_problem = opened_atlas()
beside, beside_problem = opened_beside()

bar = st.container(horizontal=True, key="bar", gap="small")
with bar:
    atlas_menu = st.popover(plain(shown.title), icon=":material/grid_view:", key="atlas-menu")
    beside_menu = st.popover(
        f"Beside: {plain(beside.title) if beside else 'none'}", icon=":material/compare:", key="beside-menu"
    )
    labels_menu = st.popover(plain(labels_title()), icon=":material/label:", key="labels-menu")
    st.space("stretch")
    copy_link()
    export = st.popover("Export", icon=":material/download:", key="export")
said = st.container(key="said")
tools = st.container(horizontal=True, key="tools", gap="small")
left, right = st.columns([1.75, 1], gap="medium")
stage, side = left.container(key="stage"), right.container(key="atlas-side")

with atlas_menu:
    choose_atlas(ATLAS, shown.name)
with beside_menu:
    choose_atlas(BESIDE, beside.name if beside else "")
with labels_menu:
    only, labels_problem = choose_labels(shown.atlas)
with tools:
    measure, drawn, ranked = choose_measure(shown.atlas, beside is not None)

with said, part_of_page():
    say_about(shown, beside, [shown_problem, beside_problem, labels_problem])
with stage, part_of_page():
    if is_measured(measure, shown):
        found = grid(shown.atlas, measure.name, only, status)
        compared = None
        if beside is not None and is_measured(measure, beside):
            compared = comparison(shown.atlas, beside.atlas, measure.name, only, status)
        columns = columns_of(measure, found, compared)
        heads = shown.atlas.manifest.heads
        head = chosen_head(heads, varies_most(found))
        lead(shown, head)
        atlas_grid(
            GRID,
            shown.caption,
            heads,
            columns,
            drawn,
            ranked,
            head,
            found.pictures,
            chosen_view(),
            choose_head,
            choose_view,
        )
        if compared is not None and beside is not None:
            st.caption(f"{plain(compared.says)} Difference: “{plain(beside.title)}” less “{plain(shown.title)}”.")
        with side, part_of_page():
            of_one = of_head(shown.atlas, measure.name, head, only, status)
            atlas_head(
                HEAD,
                head,
                measure,
                of_one.spread,
                (found.low[head], found.high[head]),
                of_one.most,
                of_one.least,
                other_of(beside, compared, head),
                note_on(shown),
                ask_for,
            )
        with export, part_of_page():
            offer_files(shown.atlas.manifest, shown.title, measure, columns, found.count.tolist())

st.divider()
for column, part in zip(st.columns(2, gap="large"), ("atlas", "atlas_own"), strict=True):
    column.markdown(text(f"texts/{part}.md").replace("{measures}", measures_said()))
