"""The bar over the picture: which photograph, which model, how finely it is cut. Each control is bound to the link."""

from __future__ import annotations

import streamlit as st

from attention_core import ImageError
from attention_core.images.decoding import note_on, require_bytes
from attention_core.settings import settings
from ui import atlases, caches, pictures
from ui.choices import pills, title_of
from ui.components.embedded import is_embedded
from ui.components.uploads import help_uploader, open_picture
from ui.data.leases import give_back
from ui.explorer.state import DEFAULTS, NOTES_EXAMPLE, YOURS, apply, reset, show_notes_example
from ui.explorer.view_state import change_view, is_square, release_places
from ui.links import link, linked
from ui.offers import is_offered
from ui.pictures import Picture
from ui.problems import say_problem
from ui.shared.brought import bring, take_away

UPLOAD = "upload"
UPLOAD_ERROR = "upload_error"
FROM_ATLAS = "atlas"
"""What the control of pictures calls the one of an atlas (ui/atlas/leading.py), which the link names."""
_OF_ATLAS = "of-atlas"
_OF_PICTURE = "of-picture"
_LAST_FILE = "upload_file"
_TAKEN = "upload_taken"
NOTES_HELP = "The picture as 128 × 128 pixels in raw patches of 16 × 16: 64 patches, each asking itself and the other 63."


def take_pictures(leads_to: str = "") -> None:
    """The uploader, unseen: what is dropped, pasted or opened anywhere on the page comes to it, and from a reload.

    A picture that was taken leads to another page, if one is named. Within another site's page none is taken.
    """
    if is_embedded():
        return
    with st.container(key="unseen-uploader"):
        file = st.file_uploader("Your picture", key=UPLOAD)
        if file is not None and file.file_id != st.session_state.get(_LAST_FILE):
            _take_upload(file.name, file.getvalue())  # in no callback: Streamlit ends it where the reader goes on meanwhile
            st.session_state[_LAST_FILE] = file.file_id
        accepted: str | None = st.session_state.get("upload_accepted")
        names = None if accepted is None else [accepted] if accepted else []
        help_uploader(names, settings().picture_bytes, _refuse_too_large)
    if st.session_state.pop(_TAKEN, False) and leads_to:
        st.switch_page(leads_to, query_params={"picture": YOURS.capitalize()})


def choose_picture() -> Picture:
    """The bundled photograph or the uploaded picture; a file that is refused leaves the picture as it was."""
    opened = st.session_state.get("upload_accepted") or ""
    open_picture([opened.rpartition(":")[0]] if opened else [], lambda _: _forget_upload())
    titles = picture_titles()
    chosen = pills("Picture", titles, "picture", DEFAULTS["picture"], _picture_changed)
    if chosen == FROM_ATLAS:
        return _atlas_picture()[0] or caches.photograph(DEFAULTS["picture"])
    if chosen != YOURS:
        return caches.photograph(chosen)
    if "uploaded" not in st.session_state:
        return caches.photograph(DEFAULTS["picture"])
    uploaded: Picture = st.session_state["uploaded"]
    bring(uploaded.digest)
    return uploaded


def stands_in() -> bool:
    """Whether the picture on screen is not the one that the link speaks of."""
    chosen = st.session_state.get("picture")
    return (chosen == YOURS and "uploaded" not in st.session_state) or (chosen == FROM_ATLAS and bool(_atlas_picture()[1]))


def look_at_atlas_picture(atlas: str, picture: str) -> None:
    """Have the pages of one picture offer this one; for a callback, or before another page is opened."""
    link(_OF_ATLAS, atlas)
    link(_OF_PICTURE, picture)


def _atlas_picture() -> tuple[Picture | None, str]:
    """The picture of an atlas that the link names, or why there is none, in a sentence."""
    atlas, picture = linked(_OF_ATLAS), linked(_OF_PICTURE)
    try:
        return caches.atlas_picture(atlas, picture), ""
    except ValueError as error:  # AtlasError or ImageError
        return None, str(error)


def picture_file() -> str:
    """The name of the file that is looked at."""
    if st.session_state.get("picture") == FROM_ATLAS and not stands_in():
        return linked(_OF_PICTURE)
    if st.session_state.get("picture") == YOURS and not stands_in():
        return (st.session_state.get("upload_accepted") or "your-picture").rpartition(":")[0]
    return pictures.photograph_file(st.session_state.get("picture", ""))


def picture_titles() -> dict[str, str]:
    """The bundled photographs, and the reader's own if there is one or the link speaks of it."""
    titles = pictures.photographs()
    forgotten = st.session_state.get("upload_accepted") == ""
    if "uploaded" in st.session_state or (not forgotten and YOURS.capitalize() in st.query_params.get_all("picture")):
        titles |= {YOURS: YOURS.capitalize()}
    return titles | ({FROM_ATLAS: "From an atlas"} if linked(_OF_PICTURE) else {})


def picture_title() -> str:
    """What the button for the picture says."""
    return title_of("picture", picture_titles(), DEFAULTS["picture"])


def say_about_picture() -> None:
    """What went wrong with the last file, or what the reader should know of it."""
    if error := st.session_state.get(UPLOAD_ERROR):
        say_problem(error, _forget_problem)
    elif st.session_state.get("picture") == FROM_ATLAS:
        if says := _atlas_picture()[1]:
            default = picture_titles()[DEFAULTS["picture"]]
            st.info(f"{atlases.plain(says)} “{default}” stands in for it, without the link’s patch and heads.")
        else:
            name, atlas = linked(_OF_PICTURE)[:200], atlases.title_of(linked(_OF_ATLAS))
            st.caption(f"“{atlases.plain(name)}”, from the atlas “{atlases.plain(atlas)}”.")
    elif stands_in():
        default = picture_titles()[DEFAULTS["picture"]]
        st.info(
            "This link is for somebody's own picture, which stays in the browser tab in which it was opened. "
            f"“{default}” stands in for it, without the link's patch and heads. Drop the picture here to look at it."
        )
    elif st.session_state.get("picture") == YOURS and (note := st.session_state.get("upload_note")):
        st.caption(note)


def _forget_problem() -> None:
    st.session_state.pop(UPLOAD_ERROR, None)


def cropped(picture: Picture) -> Picture:
    """Its middle square, if that alone is to be looked at."""
    return picture.square() if is_square() else picture


def _picture_changed() -> None:
    st.session_state.pop(UPLOAD_ERROR, None)
    release_places()


def _take_upload(name: str, data: bytes) -> None:
    """May be ended anywhere, and is begun again then."""
    st.session_state.pop(UPLOAD_ERROR, None)
    linked = st.query_params.get("picture", "").lower()  # it may come before a run has got as far as the control
    brought_back = st.session_state.get("picture", linked) == YOURS and not st.session_state.get("upload_accepted")
    try:
        picture = pictures.uploaded(data)
    except ImageError as error:
        _refuse(error)
        return
    st.session_state["uploaded"] = picture
    st.session_state["upload_note"] = note_on(data)
    st.session_state[_TAKEN] = True
    if not brought_back:
        apply({"picture": YOURS})
        change_view(square=False, pin=None)
    st.session_state["upload_accepted"] = f"{name}:{len(data)}"


def _refuse_too_large(count: int) -> None:
    try:
        require_bytes(count)
    except ImageError as error:
        _refuse(error)


def _refuse(error: ImageError) -> None:
    st.session_state[UPLOAD_ERROR] = f"{error} The picture on screen stays."


def _forget_upload() -> None:
    """The reader took the file away: neither the server nor the browser keeps it."""
    st.session_state.pop(UPLOAD_ERROR, None)
    if (picture := st.session_state.pop("uploaded", None)) is not None:
        give_back(picture.digest)
        take_away(picture.digest)
    st.session_state.pop(UPLOAD, None)
    st.session_state["upload_accepted"] = ""
    if st.session_state.get("picture") == YOURS:
        apply({"picture": DEFAULTS["picture"]})
        release_places()


def offer_presets() -> None:
    """The notes' example, and back to the start."""
    with st.container(horizontal=True):
        if is_offered(NOTES_EXAMPLE["model"]):
            st.button("Example: 64 patches", on_click=show_notes_example, help=NOTES_HELP)
        st.button(
            "Reset", on_click=reset, icon=":material/undo:", help="Every control back to its default; your own picture stays."
        )
