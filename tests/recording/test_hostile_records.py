"""A record's file is untrusted: it is read, or a sentence says why it is not a record."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any, Final

import pytest
import timm
import torch
from hypothesis import HealthCheck, given, settings
from PIL import Image

from attention_core import AttentionRecord
from attention_core.models.checkpoints import read_checkpoint
from attention_core.models.timm_models import as_vision_model
from attention_core.models.weights import WeightsError
from tests.damaged import damaged, files, written

SIZES: Final = {"img_size": 32, "patch_size": 8, "embed_dim": 24, "depth": 2, "num_heads": 3, "num_classes": 0}
NAMED: Final = "regard.attention"
EXAMPLES: Final = [200, pytest.param(4000, marks=pytest.mark.nightly)]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], bytes]:
    """Return the header of a record's file, and the bytes after it."""
    torch.manual_seed(0)
    module = timm.create_model("vit_tiny_patch16_224", dynamic_img_size=True, **SIZES).eval().requires_grad_(False)
    model = as_vision_model(module, "tiny", "Tiny", source="", licence="")
    record, _ = model.record(Image.effect_noise((48, 32), 80).convert("RGB"), 6)
    return apart(record.save(tmp_path_factory.mktemp("record") / "record.safetensors").read_bytes())


def apart(whole: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack("<Q", whole[:8])
    return json.loads(whole[8 : 8 + length]), whole[8 + length :]


def together(header: bytes, rest: bytes) -> bytes:
    return struct.pack("<Q", len(header)) + header + rest


def read_or_say_why(file: Path) -> None:
    try:
        record = AttentionRecord.load(file)
    except ValueError as error:
        assert re.fullmatch(rf"{file.name} (is no attention record|was saved by another version)[^\n]*", str(error)), error
        return
    assert repr(record)
    for layer in record.layers:
        assert layer.rows([0]).shape[2] == 1 and repr(layer)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_the_header_of_a_record_is_untrusted(saved: tuple[dict[str, Any], bytes], tmp_path: Path, examples: int) -> None:
    header, rest = saved
    said = json.loads(header["__metadata__"][NAMED])

    @given(files(said))
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    def holds(body: bytes) -> None:
        text = body.decode("utf-8", "replace")
        (tmp_path / "a.safetensors").write_bytes(together(written(header | {"__metadata__": {NAMED: text}}), rest))
        read_or_say_why(tmp_path / "a.safetensors")

    holds()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_the_header_of_tensors_is_untrusted(saved: tuple[dict[str, Any], bytes], tmp_path: Path, examples: int) -> None:
    """This covers a record's file and uploaded weights."""
    header, rest = saved

    @given(damaged(header))
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    def holds(changed: Any) -> None:
        whole = together(written(changed), rest)
        (tmp_path / "a.safetensors").write_bytes(whole)
        read_or_say_why(tmp_path / "a.safetensors")
        for given_as in (whole, tmp_path / "a.safetensors"):
            try:
                weights = read_checkpoint(given_as, "a.safetensors")
            except WeightsError as error:
                assert str(error).endswith(".") and "\n" not in str(error), error
            else:
                assert sum(each.nbytes for each in weights.values()) <= len(rest)

    holds()
