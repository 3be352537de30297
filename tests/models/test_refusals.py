"""A pass or a model that does not fit is refused in one sentence before it begins."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from attention_core import load_model
from attention_core.models import cost, free_memory
from attention_core.models.checkpoints import read_checkpoint
from attention_core.models.cost import LARGE_PATCHES, TooLargeError
from attention_core.models.weights import WeightsError, cache_file
from tests.models.conftest import Hub, kept, refused

SIDE = 37


@pytest.mark.nightly
def test_a_pass_is_refused_if_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_model("dinov2-small")
    image, ran = Image.new("RGB", (SIDE, SIDE), "grey"), []
    needed = model.cost.at(SIDE**2 + 1).peak
    assert SIDE**2 < LARGE_PATCHES
    hook = model.module.register_forward_pre_hook(lambda *_: ran.append(1))
    monkeypatch.setattr(free_memory, "available_bytes", lambda: round(0.9 * needed))
    with pytest.raises(TooLargeError) as caught:
        model.record(image, SIDE)
    assert re.fullmatch(
        r"37 × 37 patches of DINOv2-small take about \d+ MB of memory, and \d+ MB are free: .+\.", str(caught.value)
    )
    assert caught.value.across is None and not ran
    monkeypatch.setattr(free_memory, "available_bytes", lambda: round(1.3 * needed))
    model.record(image, SIDE)
    assert ran
    hook.remove()


def test_weights_are_refused_before_they_are_fetched(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add_tiny()
    monkeypatch.setattr(cost, "available_bytes", lambda: 1000)
    assert "tests/tiny takes about" in refused() and kept() == []
    assert not any(line.endswith("model.safetensors") for line in hub.gets())


@pytest.mark.parametrize("given", ["path", "bytes"])
def test_uploaded_weights_are_refused_before_loading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    save_file({"weight": torch.zeros(1000)}, file := tmp_path / "own.safetensors")
    monkeypatch.setattr(cost, "available_bytes", lambda: 8000)
    with pytest.raises(
        WeightsError, match=r"^own.safetensors takes about \d+ .*MB of memory as it is loaded, and .* are free;"
    ):
        read_checkpoint(file if given == "path" else file.read_bytes(), file.name)
    monkeypatch.setattr(cost, "available_bytes", lambda: 10_000)
    assert len(read_checkpoint(file)["weight"]) == 1000


def test_the_trained_weights_are_refused_before_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    if not cache_file().exists():
        pytest.skip("no trained weights here")
    monkeypatch.setattr(cost, "available_bytes", lambda: 100_000_000)
    with pytest.raises(WeightsError, match=r"^DINOv2-small takes about \d+ MB of memory as it is loaded"):
        load_model("dinov2-small")
