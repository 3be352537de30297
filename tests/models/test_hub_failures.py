"""Each way in which the hub can fail to deliver a model: one sentence, nothing is kept, and a later load works."""

import errno
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import timm
import torch
from huggingface_hub import constants
from safetensors.torch import save

from attention_core import VisionModel, load_model
from attention_core.models import LoadCancelledError
from attention_core.models import hub as client
from attention_core.models.timm_config import read_config
from tests.models.conftest import TINY, TINY_CONFIG, Hub, kept, refused

NAME, WEIGHTS = "hf-hub:tests/tiny", "tests/tiny/model.safetensors"


FAILURES = [
    ("tests/tiny/config.json", 404, "RepoNotFound", "not on the hub.*check the spelling"),
    ("tests/tiny/config.json", 401, "", "not on the hub, or it is private"),
    (WEIGHTS, 403, "GatedRepo", "gated: accept its terms"),
    (WEIGHTS, 401, "GatedRepo", "gated: accept its terms"),
    (WEIGHTS, 404, "EntryNotFound", "has no model.safetensors.*pickled"),
    ("tests/tiny/config.json", 404, "EntryNotFound", "has no config.json"),
    (WEIGHTS, 500, "", "status 500"),
    (WEIGHTS, 403, "", "status 403"),
]


@pytest.mark.parametrize(("file", "status", "code", "message"), FAILURES, ids=lambda value: str(value)[-25:])
def test_a_refusal_of_the_hub_is_one_sentence(hub: Hub, file: str, status: int, code: str, message: str) -> None:
    hub.add_tiny()
    hub.failures[file] = (status, code)
    assert re.search(message, refused(fault="status" in message))
    assert kept() == []
    hub.failures.clear()
    assert isinstance(load_model(NAME), VisionModel)


def test_an_unreachable_hub_is_one_sentence(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", "http://127.0.0.1:9/{repo_id}/{revision}/{filename}")
    assert "hub cannot be reached" in refused(fault=True) and "HF_ENDPOINT" in refused(fault=True)


def test_offline_mode_is_one_sentence(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "hub cannot be reached" in refused(fault=True)


@pytest.mark.parametrize("name", ["hf-hub:no/such/place", "hf-hub:", "owner/na me", "a/../b"])
def test_an_impossible_name_is_one_sentence(hub: Hub, name: str) -> None:
    assert "not on the hub" in refused(name)


def whole(body: bytes) -> bytes:
    return body


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (lambda body: body[:-100], "broke off"),
        (lambda body: body[:40], "broke off"),
        (lambda body: b"", "broke off"),
        (lambda body: body[:-1] + bytes([body[-1] ^ 1]), "damaged and was removed"),
        (lambda body: b"\xff" * len(body), "damaged and was removed"),
    ],
    ids=["cut", "cut early", "empty", "one bit", "all bits"],
)
def test_a_damaged_download_is_not_kept(hub: Hub, sent: Callable[[bytes], bytes], message: str) -> None:
    hub.add_tiny()
    hub.sent = sent
    assert message in refused(fault=True)
    assert kept() == []
    hub.sent = whole
    assert isinstance(load_model(NAME), VisionModel)


def test_a_file_that_is_not_safetensors_is_removed(hub: Hub) -> None:
    hub.add_tiny()
    good, hub.files[WEIGHTS] = hub.files[WEIGHTS], b"\x00" * 5000
    assert "damaged" in refused()
    assert kept() == []
    hub.files[WEIGHTS] = good
    assert isinstance(load_model(NAME), VisionModel)


def test_a_file_damaged_later_is_downloaded_again(hub: Hub) -> None:
    hub.add_tiny()
    load_model(NAME)
    (path,) = kept()
    path.resolve().write_bytes(b"{")
    assert "damaged" in refused()
    assert isinstance(load_model(NAME), VisionModel)


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EROFS, "cannot be written"),
        (errno.EIO, "could not"),
    ],
)
def test_a_full_disk_is_one_sentence(hub: Hub, number: int, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add_tiny()
    pieces = client._pieces

    def full(url: str) -> Iterator[bytes]:
        yield from pieces(url)
        if url.endswith("safetensors"):
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(client, "_pieces", full)
    assert message in refused(fault=True)
    assert kept() == []


def test_a_hanging_hub_times_out_and_can_be_cancelled(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add_tiny()
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.2)
    cancel, answers = threading.Event(), threading.Event()

    def hang(body: bytes) -> bytes:
        answers.wait(60)
        return body

    hub.sent = hang
    try:
        assert "broke off" in refused(fault=True)
        cancel.set()
        with pytest.raises(LoadCancelledError):
            load_model(NAME, cancel=cancel)
    finally:
        answers.set()
    assert kept() == []
    hub.sent = whole
    assert isinstance(load_model(NAME), VisionModel)


CONFIGS = [
    ({"architecture": "no_such_model"}, "no vision model that timm knows"),
    ({"architecture": None, "model_type": "llama"}, "made for transformers"),
    ({"architecture": ["vit"]}, "no vision model"),
    ({"model_args": {"checkpoint_path": "/etc/passwd"}}, "asks for checkpoint_path, which is refused"),
    ({"model_args": {"pretrained_cfg": {"file": "/tmp/x.pth"}}}, "asks for pretrained_cfg"),
    ({"model_args": {"no_such": 1}}, "builds no model of timm's"),
    ({"model_args": [1]}, "cannot be read"),
    ({"model_args": TINY | {"embed_dim": 3 * 2**14}}, "describes a model of"),
    ({"model_args": TINY | {"depth": 3}}, "do not fit vit_tiny_patch16_224: blocks.2.norm1.weight (24) is missing, "),
    ({"pretrained_cfg": TINY_CONFIG["pretrained_cfg"] | {"input_size": [3, 32, 64]}}, "32 × 64 px"),
]


@pytest.mark.parametrize(("config", "message"), CONFIGS, ids=[message for _, message in CONFIGS])
def test_a_configuration_is_not_trusted(hub: Hub, config: dict[str, object], message: str) -> None:
    hub.add_tiny(**config)
    assert message in refused()


def test_a_config_that_is_not_json_is_one_sentence(hub: Hub) -> None:
    hub.add_tiny()
    hub.files["tests/tiny/config.json"] = b"\xff{"
    assert "cannot be read" in refused()


def test_weights_that_are_not_numbers_are_one_sentence(hub: Hub) -> None:
    state = hub.add_tiny()
    state["norm.weight"][3] = torch.nan
    hub.files[WEIGHTS] = save(state)
    assert "not finite, in norm.weight" in refused()


def test_a_model_without_attention_is_one_sentence(hub: Hub) -> None:
    module = timm.create_model("test_resnet.r160_in1k")
    hub.add("timm/test_resnet.r160_in1k", module)
    assert "no attention over tokens" in refused("test_resnet.r160_in1k")


def test_only_the_models_description_is_taken_from_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(TINY_CONFIG))
    config = read_config(tmp_path / "config.json", "tests/tiny")
    assert set(config.overlay) == {"classifier", "first_conv", "input_size", "license", "mean", "num_classes", "std"}
    assert config.arguments == TINY and config.architecture == "vit_tiny_patch16_224"
