"""A model hub on this computer. It answers as the hub's client expects, and fails as a test demands."""

import hashlib
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
import timm
import torch
from huggingface_hub import constants
from PIL import Image
from safetensors.torch import save
from torch import Tensor, nn

from attention_core import WeightsError, load_model
from attention_core.models.weights import WeightsFaultError

TINY_NAME = "hf-hub:tests/tiny"
TINY = {"img_size": 32, "patch_size": 8, "embed_dim": 24, "depth": 2, "num_heads": 3, "num_classes": 5}
TINY_CONFIG = {
    "architecture": "vit_tiny_patch16_224",
    "num_classes": 5,
    "model_args": TINY,
    "pretrained_cfg": {
        "input_size": [3, 32, 32],
        "mean": [0.4, 0.5, 0.6],
        "std": [0.1, 0.2, 0.3],
        "num_classes": 5,
        "classifier": "head",
        "first_conv": "patch_embed.proj",
        "license": "bsd-3-clause",
        "hf_hub_id": "somebody/else",
        "source": "hf-hub",
        "url": "file:///nowhere.pth",
    },
}
PREPROCESSOR = json.dumps({"image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6]}).encode()


class Hub:
    """A hub with files and failures (status, X-Error-Code) by "owner/name/file".

    sent: changes the body that a GET sends. resumes: True if a GET may request the rest of a file.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.failures: dict[str, tuple[int, str]] = {}
        self.sent: Callable[[bytes], bytes] = lambda body: body
        self.resumes = False
        self.headers: dict[str, str] = {}
        self.seen: list[str] = []
        self.endpoint = ""

    def add_tiny(self, repository: str = "tests/tiny", **config: object) -> dict[str, Tensor]:
        """Add a seeded ViT of two layers in the form of timm's own upload."""
        torch.manual_seed(3)
        state = timm.create_model("vit_tiny_patch16_224", **TINY).state_dict()
        self.files[f"{repository}/config.json"] = json.dumps(TINY_CONFIG | config).encode()
        self.files[f"{repository}/model.safetensors"] = save(state)
        return state

    def add(self, repository: str, module: nn.Module) -> None:
        self.files[f"{repository}/model.safetensors"] = save(dict(module.state_dict()))

    def gets(self) -> list[str]:
        return [line.removeprefix("GET ") for line in self.seen if line.startswith("GET")]


def handler_of(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> bytes:
            name = self.path.removeprefix("/").replace("/resolve/main/", "/")
            hub.seen.append(f"{self.command} {name}")
            body, (status, code) = hub.files.get(name, b""), hub.failures.get(name, (200, ""))
            if status == 200 and name not in hub.files:
                repository = name.rpartition("/")[0]
                known = any(file.startswith(f"{repository}/") for file in hub.files)
                status, code = (404, "EntryNotFound") if known else (404, "RepoNotFound")
            begin = int((self.headers["Range"] or "bytes=0-").removeprefix("bytes=").rstrip("-")) if hub.resumes else 0
            self.send_response(206 if begin else status)
            if code:
                self.send_header("X-Error-Code", code)
            long = name.endswith(".safetensors")
            self.send_header("ETag", f'"{(hashlib.sha256 if long else hashlib.sha1)(body).hexdigest()}"')
            for header, value in hub.headers.items():
                self.send_header(header, value)
            self.send_header("X-Repo-Commit", "c" * 40)
            self.send_header("Content-Length", str(len(body) - begin))
            self.end_headers()
            return hub.sent(body)[begin:] if long else body

        def do_GET(self) -> None:
            self.wfile.write(self.do_HEAD())

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Return the hub. The client points at it and has an empty cache."""
    hub = Hub()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(hub)) as server:
        hub.endpoint = f"http://127.0.0.1:{server.server_port}"
        point_client_at(hub.endpoint, tmp_path / "hf", monkeypatch)
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield hub
        server.shutdown()
        thread.join()


def point_client_at(endpoint: str, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what HF_ENDPOINT and HF_HUB_CACHE would set. The client reads these variables only once, at its import."""
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", endpoint + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # the client waits between attempts


@pytest.fixture(autouse=True)
def leave_torch_as_it_was() -> Iterator[None]:
    """transformers gives `nn.Module` a method of its own. Later tests of the public names would notice it."""
    yield
    if "smart_apply" in vars(nn.Module):
        del nn.Module.smart_apply


def served(config: Any, model: Any) -> dict[str, bytes]:
    """Return the files of a transformers repository, by name."""
    weights = save({name: tensor.clone() for name, tensor in model.state_dict().items()}, {"format": "pt"})
    said = config.to_json_string(use_diff=False).encode()
    return {"config.json": said, "preprocessor_config.json": PREPROCESSOR, "model.safetensors": weights}


def picture(width: int = 56, height: int = 40) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


def refused(name: str = TINY_NAME, fault: bool = False, **options: object) -> str:
    """Return the message of the WeightsError, which is one sentence. fault: True if the hub or the disk is the cause."""
    with pytest.raises(WeightsError) as caught:
        load_model(name, **options)
    message = str(caught.value)
    assert isinstance(caught.value, WeightsFaultError) == fault
    assert message.endswith(".") and ". " not in message and "\n" not in message, message
    return message


def kept(name: str = "model.safetensors") -> list[Path]:
    """Return the cache's files of the weights: those under that name, and any unfinished file."""
    cache = Path(constants.HF_HUB_CACHE)
    return [path for path in cache.rglob("*") if path.name == name or path.suffix == ".incomplete"]
