import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import timm
import torch
from huggingface_hub import constants

from attention_core import VisionModel, load_model
from attention_core.models import LoadCancelledError
from attention_core.models import hub as client
from tests.models.conftest import TINY_NAME, Hub, kept, picture

ROOT = Path(__file__).parents[2]
NAME, WEIGHTS = TINY_NAME, "tests/tiny/model.safetensors"


def test_a_timm_model_of_the_hub_is_loaded_as_it_was_saved(hub: Hub) -> None:
    state = hub.add_tiny()
    model = load_model(NAME)
    assert all(torch.equal(value, state[name]) for name, value in model.module.state_dict().items())
    assert model.mean == (0.4, 0.5, 0.6) and model.std == (0.1, 0.2, 0.3)
    assert (model.source, model.licence) == ("hub, tests/tiny", "bsd-3-clause")
    assert (model.patch_size, model.default_across, model.prefix_tokens) == (8, 4, ("CLS",))
    record, grid = model.record(picture(), across=7)
    assert (grid.rows, grid.cols) == (5, 7)
    assert [layer.q.shape for layer in record.layers] == [(1, 3, 36, 8)] * 2
    assert not any(parameter.requires_grad for parameter in model.module.parameters()) and not model.module.training


def test_a_file_is_downloaded_once_and_then_needs_no_hub(hub: Hub) -> None:
    hub.add_tiny()
    load_model(NAME)
    assert hub.gets() == ["tests/tiny/config.json", WEIGHTS]
    hub.seen.clear()
    hub.files.clear()
    load_model(NAME)
    assert hub.seen == []


@pytest.mark.parametrize("name", ["test_vit.r160_in1k", "test_vit"])
def test_any_name_of_timms_is_looked_up_on_the_hub(hub: Hub, name: str) -> None:
    hub.add("timm/test_vit.r160_in1k", timm.create_model("test_vit.r160_in1k"))
    model = load_model(name)
    assert model.name == name and model.source == "hub, timm/test_vit.r160_in1k" and model.licence == "apache-2.0"
    record, _ = model.record(picture(), across=5)
    assert len(record.layers) == 6


def test_a_registered_model_is_loaded_by_its_short_name(hub: Hub) -> None:
    hub.add("timm/eva02_tiny_patch14_224.mim_in22k", timm.create_model("eva02_tiny_patch14_224.mim_in22k"))
    model = load_model("eva02-tiny")
    assert (model.name, model.title, model.licence, model.patch_size) == ("eva02-tiny", "EVA-02 tiny", "mit", 14)


def test_progress_is_in_bytes_and_ends_at_the_size_of_the_file(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "CHUNK_BYTES", 4096)
    hub.add_tiny()
    size = len(hub.files[WEIGHTS])
    said: list[tuple[int, int]] = []
    load_model(NAME, progress=lambda done, total: said.append((done, total)))
    assert said[0] == (0, size) and said[-1] == (size, size) and len(said) > 5
    assert [done for done, _ in said] == sorted(done for done, _ in said)


def test_a_download_is_cancelled_in_the_middle_and_nothing_is_kept(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "CHUNK_BYTES", 4096)
    hub.add_tiny()
    cancel, said = threading.Event(), []

    def progress(done: int, total: int) -> None:
        said.append(done)
        if done > total / 3:
            cancel.set()

    with pytest.raises(LoadCancelledError, match=r"was cancelled; .*\.$"):
        load_model(NAME, progress=progress, cancel=cancel)
    assert said[-1] < len(hub.files[WEIGHTS]) / 2 and kept() == []
    assert isinstance(load_model(NAME), VisionModel)


def test_an_exception_of_the_callback_stops_the_load_and_is_raised(hub: Hub) -> None:
    hub.add_tiny()
    with pytest.raises(ZeroDivisionError):
        load_model(NAME, progress=lambda done, total: 1 // 0)
    assert kept() == []


def test_loads_wait_for_each_other_and_can_be_cancelled_while_waiting(hub: Hub) -> None:
    hub.add_tiny()
    hub.add_tiny("tests/second")
    inside, go_on, order = threading.Event(), threading.Event(), []

    def first_progress(done: int, total: int) -> None:
        inside.set()
        assert go_on.wait(300)

    first = threading.Thread(target=lambda: order.append((load_model(NAME, progress=first_progress), "first")))
    second = threading.Thread(target=lambda: order.append((load_model("hf-hub:tests/second"), "second")))
    first.start()
    assert inside.wait(300)
    second.start()
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(LoadCancelledError):
        load_model("hf-hub:tests/third", cancel=cancel)
    assert not any("second" in line for line in hub.seen)
    go_on.set()
    first.join(300)
    second.join(300)
    assert [which for _, which in order] == ["first", "second"]


def test_the_endpoint_variable_is_honoured_in_a_fresh_process(hub: Hub, tmp_path: Path) -> None:
    hub.add_tiny()
    code = f"""
from attention_core import load_model
model = load_model({NAME!r}, progress=lambda done, total: None)
print(model.source, float(model.module.cls_token.sum()))
"""
    environment = os.environ | {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "home")}
    for name in ("HF_HUB_OFFLINE", "HF_HUB_CACHE"):
        environment.pop(name, None)
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stderr[-2000:]
    assert result.stdout.startswith("hub, tests/tiny ") and result.stderr == ""
    assert list((tmp_path / "home").rglob("model.safetensors"))


def test_the_cache_says_which_files_it_holds(hub: Hub) -> None:
    hub.add_tiny()
    load_model(NAME)
    (path,) = kept()
    assert path.read_bytes() == hub.files[WEIGHTS]
    assert json.loads(kept("config.json")[0].read_text())["architecture"] == "vit_tiny_patch16_224"


def test_a_file_that_the_hub_offers_by_xet_is_read_over_http_so_that_it_can_be_cancelled(hub: Hub) -> None:
    hub.add_tiny()
    hub.headers = {"X-Xet-Hash": "a" * 64, "X-Xet-Refresh-Route": f"{hub.endpoint}/api/xet"}
    before = dict(vars(constants))
    meanwhile = []
    load_model(NAME, progress=lambda done, total: meanwhile.append(dict(vars(constants))))
    assert hub.gets() == ["tests/tiny/config.json", WEIGHTS]
    assert len(meanwhile) > 1 and all(constant == before for constant in meanwhile), "others download as they are set to"


@pytest.mark.parametrize("resumes", [True, False])
def test_an_interrupted_download_resumes(hub: Hub, monkeypatch: pytest.MonkeyPatch, resumes: bool) -> None:
    monkeypatch.setattr(client, "CHUNK_BYTES", 4096)
    state, lengths, said = hub.add_tiny(), iter([0, 10_000, 30_000]), []
    hub.resumes, hub.sent = resumes, lambda body: body[: next(lengths, len(body))]
    model = load_model(NAME, progress=lambda done, total: said.append(done))
    assert all(torch.equal(value, state[name]) for name, value in model.module.state_dict().items())
    assert hub.gets() == ["tests/tiny/config.json", *3 * [WEIGHTS]] and said == sorted(said)
