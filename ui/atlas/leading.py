"""From a picture of an atlas to the page "Your image", with the head and, where the server has it, the model."""

from __future__ import annotations

from typing import Final

import streamlit as st

from attention_core.models.vision_model import MAX_ACROSS, MIN_ACROSS
from ui.atlas.chosen import Opened
from ui.components.atlas import Place
from ui.explorer.controls import FROM_ATLAS, look_at_atlas_picture, picture_titles
from ui.explorer.sources import model_titles
from ui.explorer.state import DEFAULTS, apply
from ui.explorer.view_state import begin_view, change_view
from ui.offers import HUB, is_offered

_WANTED: Final = "atlas_picture_wanted"
PAGE: Final = "pages/your_image.py"


def ask_for(name: str) -> None:
    """For a callback: the picture that is wanted, until the run that leads there."""
    st.session_state[_WANTED] = name


def lead(opened: Opened, head: Place) -> None:
    """Go there if a picture is wanted."""
    name = st.session_state.pop(_WANTED, None)
    if name is None:
        return
    manifest = opened.atlas.manifest
    controls: dict[str, object] = {"picture": FROM_ATLAS}
    if (model := model_of(opened)) is not None:
        controls |= {"model": model}
        if model == HUB:
            controls |= {"hub": manifest.model}
        across = DEFAULTS["across"] if manifest.across is None and model != HUB else manifest.across
        if across is not None and MIN_ACROSS <= across <= MAX_ACROSS:
            controls |= {"across": across}
    look_at_atlas_picture(opened.name, name)
    apply(controls)
    place = {"of-atlas": opened.name, "of-picture": name, "layer": str(head[0]), "heads": str(head[1])}
    titles = {"picture": picture_titles()[FROM_ATLAS], "model": model_titles().get(str(model), "")}
    said = {key: titles.get(key, str(value)) for key, value in controls.items()}
    begin_view(False)
    change_view(layer=head[0], heads=(head[1],), depth="layer", square=False, pin=None, key=None, box=None)
    st.switch_page(PAGE, query_params=place | said)


def model_of(opened: Opened) -> str | None:
    """What "Your image" calls the atlas's model; None where it is not offered, or ran with weights of its own."""
    manifest = opened.atlas.manifest
    if manifest.weights:
        return None
    if is_offered(manifest.model):
        return manifest.model
    return HUB if is_offered(HUB) else None


def note_on(opened: Opened) -> str:
    """What a click leads to, where that is not the atlas's own model."""
    if model_of(opened) is not None:
        return ""
    return (
        f"“Your image” opens with its own choice of model: the weights of “{opened.atlas.manifest.title}” are not offered here."
    )
