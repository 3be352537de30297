"""A model of 12 × 12 heads in the explorer, without learned weights: test_all_heads.py and the benchmarks serve this."""

from __future__ import annotations

import streamlit as st
import timm
import torch

from attention_core import VisionModel
from tests.browser.leased import leased
from ui import caches
from ui.components.explorer import explorer
from ui.explorer.view_state import opening
from ui.recording import Recording, make_recording

KEY = "explorer"
ACROSS = 14


@st.cache_resource
def recorded() -> Recording:
    torch.manual_seed(0)
    module = timm.create_model("vit_base_patch16_224", pretrained=False).eval()
    model = VisionModel("vit-base", "ViT-B without weights", module, 16, ACROSS, ("CLS",), num_layers=12)
    return leased(make_recording("many", caches.photograph("astronaut"), model, ACROSS))


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    shown = recorded()
    explorer(shown, KEY, reader=opening())
else:
    from ui import server

    app = st.App(__file__, routes=server.routes())
