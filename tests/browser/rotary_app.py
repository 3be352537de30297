"""Why this weight, of a model with rotary positions and without learned weights: test_why.py serves this."""

from __future__ import annotations

import streamlit as st
import timm
import torch

from attention_core import VisionModel
from attention_core.models.timm_models import as_vision_model
from tests.browser.leased import leased
from ui import caches
from ui.components.explorer import explorer
from ui.components.why import why_weight
from ui.explorer.view_state import opening
from ui.recording import Recording, make_recording

KEY = "explorer"
ACROSS = 8


def rotary() -> VisionModel:
    torch.manual_seed(0)
    module = timm.create_model("vit_small_patch16_dinov3", pretrained=False, depth=2).eval()
    return as_vision_model(module, "rotary", "Rotary positions", source="none", licence="MIT")


@st.cache_resource
def recorded() -> Recording:
    return leased(make_recording("rotary", caches.photograph("astronaut"), rotary(), ACROSS))


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    shown = recorded()
    explorer(shown, KEY, reader=opening())
    why_weight(shown, KEY)
else:
    from ui import server

    app = st.App(__file__, routes=server.routes())
