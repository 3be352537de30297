"""The way from a picture of an atlas to the page "Your image", with the head and, if the server offers it, the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from attention_core.models.vision_model import MAX_ACROSS, MIN_ACROSS
from ui.atlas.chosen import Opened
from ui.explorer.controls import FROM_ATLAS, look_at_atlas_picture, picture_titles
from ui.explorer.sources import model_titles
from ui.explorer.state import DEFAULTS, apply
from ui.explorer.view_state import begin_view, change_view
from ui.offers import HUB, is_offered

PAGE: Final = "pages/your_image.py"
LONGEST_NAME: Final = 4096
Place = tuple[int, int]


def asked_for(told: object, heads: Sequence[int]) -> tuple[str, Place] | None:
    """Return the requested picture with a layer and a head of the atlas; None without a valid request."""
    name, *place = told if isinstance(told, list | tuple) and len(told) == 3 else (None,)
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or any(type(each) is not int for each in place):
        return None
    layer, head = place
    return (name, (layer, head)) if 0 <= layer < len(heads) and 0 <= head < heads[layer] else None


def lead(opened: Opened, told: object) -> None:
    """Open "Your image" if the reader has clicked a picture."""
    if (request := asked_for(told, opened.atlas.manifest.heads)) is None:
        return
    name, head = request
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
    parameters = {key: titles.get(key, str(value)) for key, value in controls.items()}
    begin_view(False)
    change_view(layer=head[0], heads=(head[1],), depth="layer", square=False, pin=None, key=None, box=None)
    st.switch_page(PAGE, query_params=place | parameters)


def model_of(opened: Opened) -> str | None:
    """Return the name of the atlas's model on "Your image"; None if it is not offered or had weights of its own."""
    manifest = opened.atlas.manifest
    if manifest.weights:
        return None
    if is_offered(manifest.model):
        return manifest.model
    return HUB if is_offered(HUB) else None


def note_on(opened: Opened) -> str:
    """Return a note about clicks if "Your image" cannot use the atlas's model; else ""."""
    if model_of(opened) is not None:
        return ""
    return f"“Your image” opens with another model. This server does not offer the weights of “{opened.atlas.manifest.title}”."
