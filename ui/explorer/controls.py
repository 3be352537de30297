"""The bar over the picture: which photograph, which model, how finely it is cut. Each control is bound to the link."""

from __future__ import annotations

import streamlit as st

from attention_core import ImageError
from attention_core.images.decoding import ACCEPTED_EXTENSIONS, MAX_MEGABYTES, is_animated
from ui import caches, pictures
from ui.choices import pills
from ui.components.uploads import help_uploader
from ui.explorer.state import DEFAULTS, YOURS, apply, clear_pin, reset, show_notes_example
from ui.explorer.view_state import change_view, wanted_view
from ui.pictures import Picture

UPLOAD = "upload"
NOTES_HELP = "The picture as 128 × 128 pixels in raw patches of 16 × 16: 64 patches, each asking itself and the other 63."


def choose_picture() -> Picture:
    """The bundled photograph or the uploaded picture; a file that is refused leaves the picture as it was."""
    st.file_uploader(
        "Drop, browse or paste your picture",
        type=list(ACCEPTED_EXTENSIONS),
        max_upload_size=MAX_MEGABYTES,
        key=UPLOAD,
        on_change=_take_upload,
    )
    accepted = st.session_state.get("upload_accepted")
    help_uploader(accepted, _forget_upload)
    if st.session_state[UPLOAD] is not None and (error := st.session_state.get("upload_error")):
        st.error(error)
    titles = pictures.photographs()
    forgotten = accepted == ""
    if "uploaded" in st.session_state or (not forgotten and YOURS.capitalize() in st.query_params.get_all("picture")):
        titles |= {YOURS: YOURS.capitalize()}
    chosen = pills("Picture", titles, "picture", DEFAULTS["picture"], _picture_changed)
    if chosen != YOURS:
        return caches.photograph(chosen)
    if "uploaded" not in st.session_state:
        st.info("Your own picture comes back only in the tab in which you opened it. Drop it above to look at it again.")
        return caches.photograph(DEFAULTS["picture"])
    if note := st.session_state.get("upload_note"):
        st.caption(note)
    uploaded: Picture = st.session_state["uploaded"]
    return uploaded


def cropped(picture: Picture) -> Picture:
    """Its middle square, if that alone is to be looked at."""
    return picture.square() if wanted_view().square else picture


def _picture_changed() -> None:
    st.session_state.pop("upload_error", None)
    clear_pin()


def _take_upload() -> None:
    file = st.session_state[UPLOAD]
    if file is None:  # on its way from one file to the next, or taken away
        return
    st.session_state.pop("upload_error", None)
    data = file.getvalue()
    brought_back = st.session_state.get("picture") == YOURS and "uploaded" not in st.session_state
    try:
        st.session_state["uploaded"] = pictures.uploaded(data)
    except ImageError as error:
        st.session_state["upload_error"] = f"{error} The picture on screen stays."
        return
    st.session_state["upload_accepted"] = f"{file.name}:{len(data)}"
    st.session_state["upload_note"] = "Animated: its first frame is shown." if is_animated(data) else ""
    if not brought_back:
        apply({"picture": YOURS})
        change_view(square=False, pin=None)


def _forget_upload() -> None:
    """The reader took the file away: neither the server nor the browser keeps it. One that was refused is not the picture."""
    if st.session_state.pop("upload_error", None):
        return
    st.session_state.pop("uploaded", None)
    st.session_state["upload_accepted"] = ""
    if st.session_state.get("picture") == YOURS:
        apply({"picture": DEFAULTS["picture"]})
        clear_pin()


def offer_presets() -> None:
    """The notes' example, and back to the start."""
    with st.container(horizontal=True):
        st.button("Example: 64 patches", on_click=show_notes_example, help=NOTES_HELP)
        st.button(
            "Reset", on_click=reset, icon=":material/undo:", help="Every control back to its default; your own picture stays."
        )
