"""Data over HTTP are the model's own.

A reader gets nothing from recordings that were not shown to them, and no log names requests.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from random import Random
from urllib.parse import quote, urlsplit

import numpy as np
import pytest
import torch
from safetensors.numpy import load

from attention_core import load_image
from attention_core.models.trained import dinov2_small
from benchmarks.load import picture
from benchmarks.visitor import Visitor
from tests.asynchronous import run
from tests.browser.serving import ROOT, hosted, running
from tests.browser.waiting import PATIENCE_MS
from tests.deploy.proxy import free_ports, nginx

pytestmark = pytest.mark.nightly

LAYER = 7


@dataclass(frozen=True)
class Asking:
    """A reader who has just opened the page and stays."""

    url: str
    token: str

    def post(self, kind: str, body: object = None, headers: Mapping[str, str] | None = None) -> tuple[int, bytes, Message]:
        own = {"origin": "{0.scheme}://{0.netloc}".format(urlsplit(self.url)), "regard-lease": self.token}
        data = json.dumps({} if body is None else body).encode()
        asked = urllib.request.Request(f"{self.url}/data/{kind}", data, own | dict(headers or {}))
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE_MS / 1000) as found:
                return found.status, found.read(), found.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers


@pytest.fixture(scope="module")
def asking() -> Iterator[Asking]:
    async def token(url: str) -> str:
        visitor = Visitor(url)
        await visitor.enter()
        await visitor.socket.close()  # without a message, like a lost line
        return str(visitor.view["lease"])

    with hosted("/attention") as (url, _):
        yield Asking(url, run(token(url)))


def test_a_layers_queries_and_keys_give_the_models_own_weights(asking: Asking) -> None:
    status, file, headers = asking.post("layer", {"layer": LAYER})
    assert status == 200 and headers["cache-control"] == "no-store" and headers["content-encoding"] == "identity"
    entry = json.loads(json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])["__metadata__"]["entry"])
    arrays = load(file)
    heads, tokens, width = entry["numHeads"], entry["numTokens"], entry["headDim"]
    q, k = (
        torch.from_numpy(arrays[name].reshape(heads, tokens, width).astype(np.float32))
        * torch.from_numpy(arrays[f"{name}Step"]).view(heads, 1, width)
        for name in ("q", "k")
    )
    weights = (entry["scale"] * q @ k.transpose(-2, -1)).softmax(-1)
    record, _ = dinov2_small().record(load_image(ROOT / "assets/photos/astronaut.jpg"))
    torch.testing.assert_close(weights, record.layers[LAYER].weights()[0], atol=1e-7, rtol=0.003)


@pytest.mark.parametrize("layer", [12, 99999999999999999999])
def test_a_missing_layer(asking: Asking, layer: int) -> None:
    assert asking.post("layer", {"layer": layer})[0] == 400


def test_without_a_lease_there_is_nothing(asking: Asking) -> None:
    for token in ("", "/", asking.token[::-1], asking.token[:-1], f"{asking.token}/7"):
        assert asking.post("layer", {"layer": 3}, {"regard-lease": token})[0] == 410


def test_pages_of_others_get_nothing(asking: Asking) -> None:
    for origin in ("null", "https://evil.example", asking.url.replace("http", "https"), "http://127.0.0.1:1"):
        status, body, headers = asking.post("picture", {}, {"origin": origin})
        assert status == (200 if urlsplit(origin).netloc == urlsplit(asking.url).netloc else 403), origin
        assert "access-control-allow-origin" not in headers
        assert status == 200 or b"JFIF" not in body


def test_a_request_sets_no_cookie(asking: Asking) -> None:
    assert all("set-cookie" not in asking.post(kind)[2] for kind in ("picture", "renew", "nothing"))


def test_no_log_has_the_token_or_the_name_and_nothing_is_on_disk(tmp_path: Path) -> None:
    """This holds for the server's most detailed log, and for nginx's log of requests, which deploy/nginx.conf switches off."""
    name, output, log, disk = "holiday in Kyiv", tmp_path / "output", tmp_path / "access", tmp_path / "disk"
    disk.mkdir()

    async def visit(url: str, server: str) -> tuple[str, str]:
        visitor = Visitor(url)
        await visitor.enter()
        await visitor.give("upload", f"{name}.jpg", picture(Random(0), (480, 360)))
        await visitor.fetch_layers(12, LAYER)
        await visitor.look_at(3)
        assert not [path for path in (*disk.rglob("*"), *(tmp_path / "nginx").rglob("nginx-*/*")) if path.is_file()]
        lease, recording = visitor.view["lease"], visitor.view["recording"]
        await visitor.leave()
        asking = Asking(url, lease)
        asking.post("rows", {"layer": name})
        Asking(server, lease).post(lease)  # an address that no page of ours requests
        asking.post("picture", {}, {"origin": "https://evil.example"})
        return str(lease), str(recording).split("/")[0]

    with running(output=output, STREAMLIT_LOGGER_LEVEL="debug", TMPDIR=str(disk)) as (url, _):
        replicas = [urlsplit(url).port or 0, *free_ports(2)]  # two of the three are gone
        with nginx(tmp_path / "nginx", replicas, log) as proxy:
            secrets = run(visit(proxy, url))
    requests = log.read_text("utf-8")
    assert '"POST /data/layer HTTP/1.1" 200' in requests and output.read_text("utf-8")
    written = requests + output.read_text("utf-8")
    assert not [secret for secret in (*secrets, name, quote(name)) if secret in written]
