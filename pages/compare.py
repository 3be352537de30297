"""The page "Compare": the features and the attention of a patch in two pictures, models, layers or checkpoints."""

import streamlit as st

from attention_core.export.bundler import text
from ui.compare.moved import show_movement
from ui.compare.pictures import (
    caption,
    choose_set,
    choose_side,
    picture_file,
    picture_of,
    picture_title,
    say_about_pictures,
    stands_in,
    take_several,
)
from ui.compare.presets import EXAMPLES, MOVED, TAB, offer_presets
from ui.compare.settings import SIDES
from ui.compare.sides import BOTH, COMPARE, swap
from ui.compare.stage import kinds_of, others_of, same_space
from ui.compare.view_state import COMPARISON
from ui.components.compare import Shown, compare, compare_files, compare_python
from ui.components.copy_link import copy_link
from ui.explorer.detail import detail_title
from ui.explorer.loading import ASKED_GRID
from ui.explorer.own_weights import say_about_weights
from ui.explorer.sources import choose_source, model_title, say_grid
from ui.explorer.viewer import record_or_fall_back
from ui.links import bound
from ui.page import begin_page
from ui.shared.faults import part_of_page

TABS = (MOVED, "What similarity does not show", "In Python")

COMPARISON.begin(begin_page())
status = st.container(key="status")

# Each container keeps its place in every run. If one moves, Streamlit unties its controls from the link.
take_several()
bar = st.container(horizontal=True, key="bar", gap="small")
menus = []
with bar:
    for side in BOTH:
        if side is BOTH[1]:
            st.button("Swap", icon=":material/swap_horiz:", on_click=swap, key="swap")
        photo = st.popover(picture_title(side), icon=":material/image:", key=side.key("photo"))
        model = st.popover(model_title(side), icon=":material/neurology:", key=side.key("model-menu"))
        cut = detail_title(side).removeprefix("Detail: ").capitalize()
        menus.append((photo, model, st.popover(cut, icon=":material/grid_on:", key=side.key("detail-menu"))))
    pictures_menu = st.popover("Pictures", key="pictures-menu")
    examples = st.popover("Examples", key=EXAMPLES, on_change="rerun")
    st.space("stretch")
    copy_link()
    export = st.popover("Export", icon=":material/download:", key="export")
messages = st.container(key="said")
with st.container(key="gates"):
    gates = [column.container(key=side.key("gate")) for column, side in zip(st.columns(2), BOTH, strict=True)]
stage = st.container(key="stage")
moved_tab, not_shown_tab, python_tab = st.tabs(list(TABS), on_change="rerun", **bound(TAB, "compare", default=TABS[0]))

with pictures_menu:
    choose_set()
with examples:
    offer_presets()
pictures, sources, recordings = [], [], []
for side, (photo, model, detail), gate in zip(BOTH, menus, gates, strict=True):
    with photo:
        choose_side(side)
    pictures.append(picture_of(side))
    sources.append(choose_source(model, detail, gate, side))
with messages:
    say_about_pictures()
for side, picture, source, (_, _, detail), gate in zip(BOTH, pictures, sources, menus, gates, strict=True):
    with messages:
        say_about_weights(source.stands_in_for, source.info.title, side)
    recordings.append(record_or_fall_back(picture, source, stage, status, gate, side))
    say_grid(detail, recordings[-1], source)

foreign = any(map(stands_in, BOTH)) or any(source.stands_in_for for source in sources)
pair = (recordings[0], recordings[1])
one_space = same_space(pair, sources)
with pictures_menu:
    others = others_of(pair, sources[0], one_space)
with stage, part_of_page():
    left, right = (
        Shown(recording, caption(side), picture_file(side), st.session_state[side.key(ASKED_GRID)])
        for recording, side in zip(pair, BOTH, strict=True)
    )
    compare(
        (left, right),
        COMPARE,
        kinds=kinds_of(pair),
        one_space=one_space,
        others=others,
        stands_in=foreign,
        reader=COMPARISON.for_browser(),
    )

with export, part_of_page():
    compare_files(COMPARE, served=True)
if moved_tab.open:
    with moved_tab, part_of_page():
        show_movement(*pair, COMPARE)
if not_shown_tab.open:
    with not_shown_tab, part_of_page():
        st.markdown(text("texts/similarity.md"))
if python_tab.open:
    with python_tab, part_of_page():
        compare_python(COMPARE)
credits = {
    f"{name.capitalize()}: {recording.picture.credit}."
    for name, recording in zip(SIDES, pair, strict=True)
    if recording.picture.credit
}
st.caption(" ".join(sorted(credits)))
