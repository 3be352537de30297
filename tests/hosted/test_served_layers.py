"""Layers over HTTP: what comes is the model's own, and nothing comes of what nobody has shown."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
import torch
from safetensors import safe_open

from attention_core import load_image
from attention_core.models.trained import dinov2_small
from benchmarks.visitor import Visitor
from tests.asynchronous import run
from tests.browser.serving import ROOT, hosted
from tests.browser.waiting import PATIENCE_MS

pytestmark = pytest.mark.nightly

LAYER = 7


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with hosted("/attention") as (url, _):
        yield url


@pytest.fixture(scope="module")
def recording(url: str) -> str:
    """That of a reader who has just opened the page."""

    async def name() -> str:
        visitor = Visitor(url)
        await visitor.enter()
        await visitor.fetch_layers(12, LAYER)
        await visitor.leave()
        return next(iter(visitor.layers))[0]

    return run(name())


def answer(url: str, layer: str, recording: str) -> tuple[int, bytes, Message]:
    asked = urllib.request.Request(
        f"{url}/layers/{layer}", headers={"regard-recording": urllib.parse.quote(recording, safe="")}
    )
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE_MS / 1000) as found:
            return found.status, found.read(), found.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def test_a_layers_queries_and_keys_give_the_models_own_weights(url: str, recording: str) -> None:
    status, file, headers = answer(url, str(LAYER), recording)
    assert status == 200 and headers["cache-control"] == "no-store"
    with NamedTemporaryFile() as place:
        Path(place.name).write_bytes(file)
        with safe_open(place.name, "pt") as opened:
            entry = json.loads(opened.metadata()["entry"])
            arrays = {name: opened.get_tensor(name) for name in ("q", "qStep", "k", "kStep")}
    heads, tokens, width = entry["numHeads"], entry["numTokens"], entry["headDim"]
    q, k = (
        arrays[name].view(heads, tokens, width).float() * arrays[f"{name}Step"].view(heads, 1, width) for name in ("q", "k")
    )
    weights = (entry["scale"] * q @ k.transpose(-2, -1)).softmax(-1)
    record, _ = dinov2_small().record(load_image(ROOT / "assets/photos/astronaut.jpg"))
    torch.testing.assert_close(weights, record.layers[LAYER].weights()[0], atol=1e-7, rtol=0.003)


@pytest.mark.parametrize("layer", ["12", "99999999999999999999"])
def test_no_such_layer(url: str, recording: str, layer: str) -> None:
    assert answer(url, layer, recording)[0] == 404


def test_of_a_picture_that_nobody_has_shown_there_is_nothing(url: str, recording: str) -> None:
    digest = recording.split("/")[0]
    for other in ("", "/", "\n", "é" * 3, recording.replace(digest, digest[::-1]), recording + "/7", digest):
        assert answer(url, "3", other)[0] == 404
