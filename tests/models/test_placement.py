"""`load_model(device=…, dtype=…)`: the device and the precision of a model, and the sentence if they are impossible."""

from __future__ import annotations

import pytest
import timm
import torch
from PIL import Image
from torch import nn

from attention_core import load_model
from attention_core.models import placement
from attention_core.models.placement import find_device, find_dtype, in_words, placement_of
from attention_core.models.timm_models import as_vision_model
from attention_core.models.vision_model import VisionModel

PICTURE = Image.effect_mandelbrot((96, 64), (-2, -1, 1, 1), 40)
HALVES = {"float16": torch.float16, "bfloat16": torch.bfloat16}


@pytest.mark.parametrize(
    ("here", "chosen"),
    [({"cuda": 2, "mps": 1}, "cuda"), ({"cuda": 0, "mps": 1}, "mps"), ({"cuda": 0, "mps": 0}, "cpu")],
)
def test_auto_takes_the_first_available_device(here: dict[str, int], chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "_count", lambda kind: {"cpu": 1, **here}[kind])
    assert find_device("auto") == find_device() == torch.device(chosen)
    assert find_device("cpu") == find_device(torch.device("cpu")) == torch.device("cpu")


def test_a_missing_device_is_named_with_the_available_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"cpu": 1, "cuda": 0, "mps": 0}
    monkeypatch.setattr(placement, "_count", here.__getitem__)
    for absent in ("cuda", "mps", torch.device("cuda")):
        with pytest.raises(ValueError, match=r'device .* is not here: torch finds none on this machine; take device="auto"'):
            load_model("raw-patches", device=absent)
    here["cuda"] = 2
    assert find_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(ValueError, match="device 'cuda:2' is not here: there are 2, counted from 0"):
        find_device("cuda:2")


@pytest.mark.parametrize("wrong", ["gpu", "meta", "", "cuda:x", None])
def test_an_unknown_device_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=f"device must be one of auto, cpu, cuda, mps, received {wrong!r}"):
        load_model("raw-patches", device=wrong)


@pytest.mark.parametrize("wrong", ["float64", torch.int8, "half", None])
def test_an_unknown_precision_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="dtype must be one of float32, float16, bfloat16, or torch's of that name, received"):
        load_model("raw-patches", dtype=wrong)
    assert find_dtype("bfloat16") == find_dtype(torch.bfloat16) == torch.bfloat16


@pytest.mark.parametrize("name", ["raw-patches", "random-heads"])
@pytest.mark.parametrize("dtype", HALVES)
def test_a_model_runs_in_the_requested_precision(name: str, dtype: str) -> None:
    model, usual = load_model(name, device="cpu", dtype=dtype), load_model(name)
    assert model.dtype == HALVES[dtype] and usual.dtype == torch.float32
    assert model.placement == f"the CPU in {dtype}" and usual.placement == "the CPU in float32"
    record, grid = model.record(PICTURE, 6)
    assert model.preprocess(PICTURE, grid).dtype == record.layers[0].q.dtype == HALVES[dtype]
    rows, expected = (each.record(PICTURE, 6)[0].layers[0].rows([5]) for each in (model, usual))
    assert rows.dtype == torch.float32, "what is shown stays in single precision"
    torch.testing.assert_close(rows, expected, atol=0.05, rtol=0.05)
    assert not torch.equal(rows, expected)


def tiny(dtype: torch.dtype) -> VisionModel:
    torch.manual_seed(1)
    module = timm.create_model("vit_tiny_patch16_224", depth=2, num_classes=0, dynamic_img_size=True).eval().to(dtype)
    return as_vision_model(module, "tiny", "Tiny", source="test", licence="MIT")


@pytest.mark.parametrize("dtype", HALVES.values())
def test_a_vit_is_surveyed_and_recorded_in_its_own_precision(dtype: torch.dtype) -> None:
    model, usual = tiny(dtype), tiny(torch.float32)
    assert (model.num_layers, model.plain, model.patch_size) == (2, True, 16)
    rows, expected = (each.record(PICTURE, 6)[0].layers[1].rows([0, 5]) for each in (model, usual))
    torch.testing.assert_close(rows, expected, atol=0.02, rtol=0.1)
    assert model.estimate(model.grid_for(PICTURE, 6)).peak > 0


def test_a_record_can_be_kept_on_another_device() -> None:
    record, _ = load_model("raw-patches").record(PICTURE, 6, keep_on="meta")
    assert record.layers[0].q.device.type == "meta"
    assert load_model("raw-patches").record(PICTURE, 6)[0].layers[0].q.device.type == "cpu"


def test_a_module_is_on_the_device_of_its_first_floating_tensor() -> None:
    module = nn.Module()
    assert placement_of(module) == (torch.device("cpu"), torch.float32)
    module.register_buffer("index", torch.zeros(3, dtype=torch.long))
    module.register_buffer("values", torch.zeros(3, dtype=torch.bfloat16, device="meta"))
    assert placement_of(module) == (torch.device("meta"), torch.bfloat16)
    assert in_words(torch.device("cuda:0"), torch.float16) == "the GPU (CUDA) in float16"
