"""The multi-head figure with what the link asks for; test_heads_figure.py serves this and builds the same layer for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st
import torch

from attention_core.maths.multi_head import MultiHeadSelfAttention, MultiHeadTrace
from ui.components.heads_figure import heads_figure
from ui.components.toy_figure import Names, subscripted

OTHER: Final = {"n": "6", "d": "6", "h": "3", "reading": "slice"}


def built(
    tokens: int = 5,
    dim: int = 8,
    heads: int = 4,
    reading: str = "project",
    off: str = "",
    joined: bool = True,
    causal: bool = False,
) -> tuple[MultiHeadSelfAttention, MultiHeadTrace, tuple[bool, ...]]:
    """Seeded; `off` are the heads that are off, "13" the first and the third."""
    torch.manual_seed(3)
    layer = MultiHeadSelfAttention(dim, heads, "slice" if reading == "slice" else "project", output_projection=joined)
    layer.double().requires_grad_(False)
    for bias in (layer.b_q, layer.b_k, layer.b_v, layer.b_0):
        if bias is not None:
            torch.nn.init.normal_(bias, std=0.3)
    x = (torch.randn(tokens, dim) * 10).round() / 10
    on = tuple(str(head + 1) not in off for head in range(heads))
    mask = torch.ones(tokens, tokens).tril().bool() if causal else None
    return layer, layer.trace(x.double(), mask, heads_on=torch.tensor(on)), on


def asked_for(asked: Mapping[str, str]) -> tuple[MultiHeadSelfAttention, MultiHeadTrace, tuple[bool, ...]]:
    return built(
        int(asked.get("n", 5)),
        int(asked.get("d", 8)),
        int(asked.get("h", 4)),
        asked.get("reading", "project"),
        asked.get("off", ""),
        asked.get("joined") != "no",
        asked.get("causal") == "yes",
    )


def main() -> None:
    asked = st.query_params.to_dict() | (OTHER if st.toggle("Other sizes") else {})
    layer, trace, on = asked_for(asked)
    captions = tuple(asked.get("captions", "").split())
    heads_figure(
        layer, trace, on, Names(subscripted("x", range(len(trace.x))), captions=captions), key="heads", alt="Multi-head"
    )


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    main()
