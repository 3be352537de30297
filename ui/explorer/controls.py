"""The controls of "Your image": few at first sight, the rest under More. Each is bound to the link (ui/explorer/state.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from attention_core import ImageError
from attention_core.export.view_settings import DEFAULT_VIEW
from attention_core.images.decoding import note_on
from attention_core.tokens.layer_on_image import LayerOnImage
from ui import caches, pictures
from ui.choices import pills, segments
from ui.components.uploads import help_uploader
from ui.components.view import Rollout, View
from ui.explorer.layers import COMBINED, choose_heads, choose_layer, forget_layer_and_heads
from ui.explorer.state import DEFAULTS, NOTES_EXAMPLE, YOURS, apply, clear_pin, head, pin, reset
from ui.links import bound
from ui.pictures import Picture
from ui.recording import Recording

UPLOAD = "upload"
NOTES_HELP = "The picture as 128 × 128 pixels in raw patches of 16 × 16: 64 patches, each asking itself and the other 63."
SCALES = {"robust": "Robust", "linear": "Linear", "log": "Log"}
COLOUR_MAPS = {"inferno": "Inferno", "viridis": "Viridis", "cividis": "Cividis"}


@dataclass(frozen=True)
class Look:
    """Settings that change how a recording is drawn, not what is recorded."""

    temperature: float
    opacity: float
    scale: str
    colour_map: str
    grid_lines: bool


def choose_picture() -> Picture:
    """The bundled photograph or the uploaded picture; a file that is refused leaves the picture as it was."""
    st.file_uploader(
        "Drop, browse or paste your picture",
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
    st.session_state["upload_note"] = note_on(data)
    if not brought_back:
        apply({"picture": YOURS, "square": False})


def _forget_upload() -> None:
    """The reader took the file away: neither the server nor the browser keeps it. One that was refused is not the picture."""
    if st.session_state.pop("upload_error", None):
        return
    st.session_state.pop("uploaded", None)
    st.session_state["upload_accepted"] = ""
    if st.session_state.get("picture") == YOURS:
        apply({"picture": DEFAULTS["picture"]})


def choose_view(shown: Recording, look: Look) -> View:
    """Layer, heads, query and direction, of those that the model has; the pin comes from the link."""
    num_layers = len(shown.layers)
    layer, rollout = 0, None
    deep = num_layers > 1 and shown.model.plain
    if deep and _segments("Depth", {"layer": "One layer", "rollout": "All layers (rollout)"}, "depth") == "rollout":
        rollout = _choose_rollout()
    elif num_layers > 1:
        layer = choose_layer(num_layers)
    where = shown.layers[layer]
    if not shown.model.plain:
        st.caption(f"{where.layer.path}: {where.grid.rows} × {where.grid.cols} patches{_parts(where)}.")
    heads = tuple(range(where.layer.num_heads)) if rollout is None else (0,)
    combine = DEFAULT_VIEW.combine
    if len(heads) > 1:
        heads = choose_heads(len(heads))
        combine = _segments("Shown as", COMBINED, "combine")
    query, prefix_tokens = DEFAULT_VIEW.query, shown.prefix_at(layer)
    if prefix_tokens:
        asking = "Hovered patch" if rollout is None and shown.in_browser else "Pinned patch"
        query = _segments("Query", {"patch": asking, "prefix": prefix_tokens[0]}, "query")
    direction = DEFAULT_VIEW.direction
    if rollout is None:
        direction = _segments("Direction", {"outgoing": "Looks at", "incoming": "Looked at by"}, "direction")
    return View(
        layer=layer,
        heads=heads,
        combine=combine,
        head=head(heads),
        query=query,
        direction=direction,
        temperature=look.temperature,
        opacity=look.opacity,
        scale=look.scale,
        colour_map=look.colour_map,
        grid_lines=look.grid_lines,
        pin=pin(shown.grid_at(layer)),
        rollout=rollout,
    )


def _parts(where: LayerOnImage) -> str:
    """What stands between a patch and all others."""
    if where.windows is not None:
        return f", each of which sees {where.windows.index.shape[1]} of them"
    asking = f", which ask {where.queries.rows} × {where.queries.cols} at a time" if where.queries else ""
    return asking + (f", which see {where.keys.rows} × {where.keys.cols} summaries" if where.keys else "")


def _choose_rollout() -> Rollout:
    fusion: Any = _segments("Heads are fused by", {"mean": "Mean", "max": "Max", "min": "Min"}, "fusion")
    discard = st.slider(
        "Discard",
        0.0,
        0.95,
        DEFAULTS["discard"],
        step=0.05,
        help="The share of the smallest weights of each row that is left out. A few patches that nearly all look at, such as "
        "those in which a model keeps notes of its own, otherwise hide the rest.",
        **bound("discard"),
    )
    return Rollout(fusion, discard)


def choose_look() -> Look:
    temperature = st.slider(
        "Temperature",
        0.1,
        4.0,
        DEFAULTS["temperature"],
        step=0.1,
        help="The scores are divided by it before the softmax: below 1 the largest weights grow, above 1 all become alike.",
        **bound("temperature"),
    )
    opacity = st.slider("Opacity of the map", 0.0, 1.0, DEFAULTS["opacity"], step=0.05, **bound("opacity"))
    scale = _segments("Colour scale", SCALES, "scale")
    colour_map = _segments("Colours", COLOUR_MAPS, "map")
    grid_lines = st.toggle("Grid lines", DEFAULTS["grid"], **bound("grid"))
    return Look(temperature, opacity, scale, colour_map, grid_lines)


def choose_crop() -> bool:
    return st.toggle("Only the middle square of the picture", DEFAULTS["square"], on_change=clear_pin, **bound("square"))


def offer_presets() -> None:
    """The notes' example, and back to the start."""
    with st.container(horizontal=True):
        st.button("Example: 64 patches", on_click=apply, args=(NOTES_EXAMPLE,), help=NOTES_HELP)
        st.button(
            "Reset", on_click=_reset, icon=":material/undo:", help="Every control back to its default; your own picture stays."
        )


def _reset() -> None:
    reset()
    forget_layer_and_heads()


def _segments(label: str, options: dict[str, str], key: str) -> str:
    return segments(label, options, key, DEFAULTS[key])
