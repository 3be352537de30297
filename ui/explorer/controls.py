"""The picture controls in the bar over the picture: photographs, uploads and presets. Each control is bound to the link."""

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
"""The picture control's option for a picture of an atlas, which the link names (ui/atlas/leading.py)."""
_OF_ATLAS = "of-atlas"
_OF_PICTURE = "of-picture"
_LAST_FILE = "upload_file"
_TAKEN = "upload_taken"
NOTES_HELP = "128 × 128 pixels in raw patches of 16 × 16. This gives 64 patches. Each patch looks at itself and the other 63."


def take_pictures(leads_to: str = "") -> None:
    """Place the hidden uploader. It receives files that are dropped, pasted or opened on the page, or kept over a reload.

    leads_to: the page to open after an upload, if any. A page that is embedded in another site takes no pictures.
    """
    if is_embedded():
        return
    with st.container(key="unseen-uploader"):
        file = st.file_uploader("Your picture", key=UPLOAD)
        if file is not None and file.file_id != st.session_state.get(_LAST_FILE):
            _take_upload(file.name, file.getvalue())  # not in a callback: Streamlit stops one if the reader clicks on
            st.session_state[_LAST_FILE] = file.file_id
        accepted: str | None = st.session_state.get("upload_accepted")
        names = None if accepted is None else [accepted] if accepted else []
        help_uploader(names, settings().picture_bytes, _refuse_too_large)
    if st.session_state.pop(_TAKEN, False) and leads_to:
        st.switch_page(leads_to, query_params={"picture": YOURS.capitalize()})


def choose_picture() -> Picture:
    """Return the chosen picture: a bundled photograph, the upload, or a picture of an atlas."""
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
    """True if the link's own picture is missing and a bundled photograph is on the screen instead."""
    chosen = st.session_state.get("picture")
    return (chosen == YOURS and "uploaded" not in st.session_state) or (chosen == FROM_ATLAS and bool(_atlas_picture()[1]))


def look_at_atlas_picture(atlas: str, picture: str) -> None:
    """Offer this picture on pages that show one picture. Call it in a callback or before another page opens."""
    link(_OF_ATLAS, atlas)
    link(_OF_PICTURE, picture)


def _atlas_picture() -> tuple[Picture | None, str]:
    """Return the link's picture of an atlas, or None with a sentence that says why it is missing."""
    atlas, picture = linked(_OF_ATLAS), linked(_OF_PICTURE)
    try:
        return caches.atlas_picture(atlas, picture), ""
    except ValueError as error:  # AtlasError or ImageError
        return None, str(error)


def picture_file() -> str:
    """Return the file name of the current picture."""
    if st.session_state.get("picture") == FROM_ATLAS and not stands_in():
        return linked(_OF_PICTURE)
    if st.session_state.get("picture") == YOURS and not stands_in():
        return (st.session_state.get("upload_accepted") or "your-picture").rpartition(":")[0]
    return pictures.photograph_file(st.session_state.get("picture", ""))


def picture_titles() -> dict[str, str]:
    """Return titles of the bundled photographs, and of the reader's own picture if it exists or the link names it."""
    titles = pictures.photographs()
    forgotten = st.session_state.get("upload_accepted") == ""
    if "uploaded" in st.session_state or (not forgotten and YOURS.capitalize() in st.query_params.get_all("picture")):
        titles |= {YOURS: YOURS.capitalize()}
    return titles | ({FROM_ATLAS: "From an atlas"} if linked(_OF_PICTURE) else {})


def picture_title() -> str:
    """Return the text of the button that opens the picture menu."""
    return title_of("picture", picture_titles(), DEFAULTS["picture"])


def say_about_picture() -> None:
    """Show an error about the last file, or a note about the current picture."""
    if error := st.session_state.get(UPLOAD_ERROR):
        say_problem(error, _forget_problem)
    elif st.session_state.get("picture") == FROM_ATLAS:
        if says := _atlas_picture()[1]:
            default = picture_titles()[DEFAULTS["picture"]]
            st.info(f"{atlases.plain(says)} This page shows “{default}” instead. The link’s patch and heads are ignored.")
        else:
            name, atlas = linked(_OF_PICTURE)[:200], atlases.title_of(linked(_OF_ATLAS))
            st.caption(f"“{atlases.plain(name)}”, from the atlas “{atlases.plain(atlas)}”.")
    elif stands_in():
        default = picture_titles()[DEFAULTS["picture"]]
        st.info(
            "This link belongs to somebody's own picture. Such a picture stays in the browser tab that opened it. "
            f"This page shows “{default}” instead. The link's patch and heads are ignored. Drop the picture here to see it."
        )
    elif st.session_state.get("picture") == YOURS and (note := st.session_state.get("upload_note")):
        st.caption(note)


def _forget_problem() -> None:
    st.session_state.pop(UPLOAD_ERROR, None)


def cropped(picture: Picture) -> Picture:
    """Return the picture's middle square if the reader has chosen it, else the picture."""
    return picture.square() if is_square() else picture


def _picture_changed() -> None:
    st.session_state.pop(UPLOAD_ERROR, None)
    release_places()


def _take_upload(name: str, data: bytes) -> None:
    """Decode the file and show it. Streamlit may stop this function anywhere; the next run starts it again."""
    st.session_state.pop(UPLOAD_ERROR, None)
    linked = st.query_params.get("picture", "").lower()  # the control may not exist yet
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
    """Remove the upload from the server and the browser, because the reader has removed it."""
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
    """Show the buttons for the lecture notes' example and for Reset."""
    with st.container(horizontal=True):
        if is_offered(NOTES_EXAMPLE["model"]):
            st.button("Example: 64 patches", on_click=show_notes_example, help=NOTES_HELP)
        st.button(
            "Reset",
            on_click=reset,
            icon=":material/undo:",
            help="Set every control back to its default. Your own picture stays.",
        )
