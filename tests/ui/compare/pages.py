"""The page "Compare" as a script, and models for it that no hub is asked for."""

from __future__ import annotations

import copy
import io
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from attention_core import VisionModel, load_model
from tests.ui.data.asking import Browser
from tests.ui.data.asking import opened as unpacked
from tests.ui.pages import run_page, sent

Answered = tuple[dict[str, Any], dict[str, np.ndarray]]
COARSE = {"left-across": "8", "right-across": "8"}
MOVED_LAYER, MOVED_HEAD = 5, 3


def opened(**query: Any) -> AppTest:
    page = run_page("compare", **COARSE | query)
    assert not page.exception
    return page


def data(page: AppTest) -> dict[str, Any]:
    (found,) = sent(page, "regard_compare")
    return found


def asked(kind: str, given: dict[str, Any], /, layers: tuple[int, int] = (11, 11), **body: Any) -> Answered:
    """The entry and the arrays that a browser with these data gets for a request about all pictures of the set."""
    answer = browser(given).fetch(kind, **body_of(given, layers), **body)
    assert answer.status_code == 200, answer.text
    return unpacked(answer.content)


def browser(given: dict[str, Any]) -> Browser:
    return Browser(given["sides"][0]["lease"])


def body_of(given: dict[str, Any], layers: tuple[int, int] = (11, 11)) -> dict[str, Any]:
    """The parts of a request, as assets/compare/joint_wanted.js writes them."""
    parts = [
        {"of": str(at), "layer": layers[at == 1], "space": 0 if given["oneSpace"] else at, "title": each["title"]}
        for at, each in enumerate(given["pictures"])
    ]
    del parts[0]["of"]
    leases = {str(at): each["lease"] for at, each in enumerate(given["pictures"]) if at}
    return {"parts": parts, "leases": leases, "oneSpace": given["oneSpace"]}


def picture_bytes(width: int, height: int, seed: int = 0) -> bytes:
    buffer = io.BytesIO()
    torch.manual_seed(seed)
    pixels = torch.randint(0, 256, (height, width, 3), dtype=torch.uint8).numpy()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def planted() -> tuple[VisionModel, VisionModel]:
    """A model, and itself with the W_q of one head changed."""
    model = load_model("dinov2-small")
    tuned = copy.deepcopy(model.module)
    qkv: Any = tuned.get_submodule(f"blocks.{MOVED_LAYER}.attn.qkv")
    width = qkv.in_features // 6
    with torch.no_grad():
        qkv.weight[MOVED_HEAD * width : (MOVED_HEAD + 1) * width].mul_(-1)
    return model, replace(model, module=tuned)
