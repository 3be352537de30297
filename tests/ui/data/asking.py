"""A reader who asks for data without a browser: a lease of a recording, and requests under its token."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import httpx2
import numpy as np
from safetensors.numpy import load
from starlette.applications import Starlette
from starlette.testclient import TestClient
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.models import model_info
from ui import caches
from ui.caches import Options
from ui.compare import files as compare_files
from ui.compare import findings, movement
from ui.data import depth, files, heads, layers
from ui.data.answers import Kind
from ui.data.leases import leases
from ui.data.requests import LEASE, data_routes
from ui.explorer.loading import recording_recipe
from ui.explorer.sources import Source
from ui.explorer.state import Side
from ui.pictures import Picture
from ui.recording import Recipe, Recording, make_recording
from ui.shared.work import work_of_this_thread

KINDS: Final = layers.KINDS | heads.KINDS | depth.KINDS | files.KINDS | findings.KINDS | movement.KINDS | compare_files.KINDS
"""Those of ui/server.py, which would change how this process logs."""
OWN: Final = "http://regard.example"
"""The server's origin."""
PATIENCE_SECONDS: Final = 60
RANDOM: Final[Options] = (("patch_size", 16), ("num_heads", 5), ("head_dim", 7))


@dataclass
class Browser:
    """Requests under a token."""

    token: str
    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)

    def __post_init__(self) -> None:
        self.client = TestClient(Starlette(routes=data_routes(self.kinds)), base_url=OWN)

    def post(self, kind: str, body: object = None, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """The answer to one request. body: bytes as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        return self.client.post(
            f"/data/{kind}", content=content, headers={"origin": OWN, LEASE: self.token} | dict(headers or {})
        )

    def fetch(self, kind: str, /, **body: Any) -> httpx2.Response:
        """The first answer that is not about work that goes on."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while (answer := self.post(kind, body)).status_code == 202:
            assert time.monotonic() < ends, f"{kind} never came: {answer.json()}"
        return answer

    def numbers(self, kind: str, /, **body: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """The entry and the arrays of an answer."""
        answer = self.fetch(kind, **body)
        assert answer.status_code == 200, answer.text
        return opened(answer.content)


class Reader(Browser):
    """One browser with one lease. made: the recording with its numbers, as the test holds it beside the server."""

    def __init__(self, made: Recording, recipe: Recipe, kinds: Mapping[str, Kind] = KINDS, token: str = "") -> None:
        self.made, self.recipe = made, recipe
        outline = made.outline(partial(_found_or_made, recipe), recipe)
        super().__init__(token or leases().grant(outline, recipe, "your_image"), kinds)


def opened(file: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    header = json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])
    return json.loads(header["__metadata__"]["entry"]), load(file)


def reader(
    name: str = "random-heads",
    across: int = 8,
    options: Options = (),
    *,
    features: bool = False,
    kinds: Mapping[str, Kind] = KINDS,
    picture: Picture | None = None,
) -> Reader:
    """A reader of the model's attention over a picture that is not square."""
    photo, model, side = picture or caches.photograph("coffee"), caches.model(name, options), Side(features=features)
    recipe = recording_recipe(photo, Source(model_info(name), options, across), model, side)
    return Reader(make_recording(recipe.name, photo, model, across, features=features), recipe, kinds)


def _found_or_made(recipe: Recipe) -> Recording:
    """For work that needs a recording, as the page's script hands it over (ui/explorer/loading.py)."""
    work = work_of_this_thread()
    assert work is not None
    return recipe.find() or recipe.made(recipe.make(work))


def weights64(layer: LayerRecord, temperature: float = 1.0) -> Tensor:
    """All weights of a layer without a mask, (H, N, N) in float64, by the formula alone."""
    q, k = layer.q[0].double(), layer.k[0].double()
    return (layer.scale * q @ k.transpose(-2, -1) / temperature).softmax(-1)
