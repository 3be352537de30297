"""Kept features: the requested ones, on the right device and in the right precision. They do not change later."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from attention_core import AttentionRecord, record_attention
from tests.recording.feature_models import ARCHITECTURES, BATCH, SIDE, build, recorded, small


def test_there_are_none_by_default() -> None:
    record = recorded(small())
    assert record.features == {} and record.features_nbytes == 0
    with pytest.raises(KeyError, match="no features of call 1: it lies in no block, or they were not asked for; kept are none"):
        record.features[1]


def test_some_layers_only() -> None:
    model = small()
    some, every = recorded(model, features=[2, 0]), recorded(model, features=True)
    assert list(some.features) == [0, 2] and len(some) == 3
    for call in (0, 2):
        assert torch.equal(some.features[call].normed, every.features[call].normed)
        assert some.features[call].norm_path == "norm"
    alone = recorded(model, features=[1], only=[])
    assert len(alone) == 0 and torch.equal(alone.features[1].raw, every.features[1].raw)


@pytest.mark.parametrize("wrong", [[-1], 3, "01"])
def test_layers_that_cannot_be_counted_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="features must be a list of numbers of calls"):
        recorded(small(), features=wrong)


def test_device_and_dtype_are_those_of_the_recording() -> None:
    model = small()
    half, whole = (recorded(model, features=True, dtype=dtype).features[1] for dtype in (torch.float16, None))
    assert half.raw.dtype == half.normed.dtype == torch.float16
    torch.testing.assert_close(half.normed.float(), whole.normed, atol=1e-2, rtol=1e-2)
    assert recorded(model, features=True, device="meta").features[1].raw.is_meta


class InPlace(nn.Module):
    """Writes in place into the residual stream that the previous block returned."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = Attends()

    def forward(self, x: Tensor) -> Tensor:
        return x.add_(self.attention(x))


class Attends(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(x, x, x)


def test_they_are_copies() -> None:
    torch.manual_seed(0)
    blocks = nn.Sequential(InPlace(), InPlace())
    x = torch.randn(1, 2, 5, 4)
    alone = blocks[0](x.clone())
    for copy in (True, False):
        with record_attention(features=True, copy=copy) as record:
            blocks(x.clone())
        assert torch.equal(record.features[0].raw, alone) is copy


def test_a_norm_that_is_trained_later_does_not_change_the_record() -> None:
    model = small()
    record = recorded(model, features=True)
    before = record.features[0].normed
    model.norm.weight.mul_(3)
    assert torch.equal(record.features[0].normed, before)


def test_the_inputs_of_blocks_are_released() -> None:
    model, given = small(), []
    model.blocks[1].register_forward_pre_hook(lambda _block, args: given.append(weakref.ref(args[0])))
    gc.disable()
    try:
        recorded(model, features=True)
        assert [of() for of in given] == [None]
    finally:
        gc.enable()


def test_gradients_are_left_alone() -> None:
    model = small().requires_grad_(True)
    with record_attention(features=True) as record:
        model(torch.randn(1, 3, SIDE, SIDE)).sum().backward()
    assert not record.features[0].raw.requires_grad and not record.features[0].normed.requires_grad
    assert model.blocks[0].norm1.weight.grad is not None


def test_a_failed_pass_keeps_the_earlier_blocks() -> None:
    model = small()

    def fail(*_: object) -> None:
        raise RuntimeError("stop")

    model.blocks[2].mlp.register_forward_hook(fail)
    with record_attention(features=True) as record, pytest.raises(RuntimeError, match="stop"):
        model(torch.randn(1, 3, SIDE, SIDE))
    assert list(record.features) == [0, 1] and record.features[1].norm is None and len(record) == 3
    model.blocks[2].mlp._forward_hooks.clear()
    assert list(recorded(model, features=True).features) == [0, 1, 2]


def test_nested_recordings_each_have_their_features() -> None:
    model = small()
    with record_attention(features=[0]) as outer:
        inner = recorded(model, features=[1])
        recorded(model)
    assert list(inner.features) == [1] and list(outer.features) == [0] and len(outer) == 6


def test_an_explicit_softmax_has_a_block_too() -> None:
    model = small()
    for block in model.blocks:
        block.attn.fused_attn = False
    explicit, fused = recorded(model, features=True), recorded(small(), features=True)
    assert explicit[0].softmaxed is not None
    torch.testing.assert_close(explicit.features[2].normed, fused.features[2].normed, atol=1e-5, rtol=1e-5)


def test_steps_images_and_devices_keep_features() -> None:
    torch.manual_seed(0)
    model = small()
    with torch.inference_mode(), record_attention(features=True) as twice:
        for _ in range(2):
            model(torch.randn(BATCH, 3, SIDE, SIDE))
    twice.num_images = BATCH
    assert list(twice.step(1).features) == [3, 4, 5] and twice.features[3].step == 1
    one = twice.image(1)
    assert torch.equal(one.features[4].normed, twice.features[4].normed[1:])
    moved = twice.to("meta")
    assert (moved.features[0].raw.is_meta and moved.features[0].norm is moved.features[5].norm) or twice.num_steps == 2
    assert moved.features_nbytes == twice.features_nbytes and not twice.features[0].raw.is_meta


def test_one_image_of_a_batch_is_saved_alone(tmp_path: Path) -> None:
    both = recorded(small(), features=True)
    both.num_images = BATCH
    file = both.image(1).save(tmp_path / "one.safetensors")
    assert load_file(file)["features.0"].shape[0] == 1
    assert torch.equal(AttentionRecord.load(file).features[2].raw, both.features[2].raw[1:])


def test_bytes_are_counted_once() -> None:
    record = recorded(build(ARCHITECTURES["timm ViT, two calls a block"]), features=True)
    assert len(record.features) == 6 and record.features[0] is record.features[1]
    tokens = BATCH * (1 + 9) * 48 * 4
    assert record.features_nbytes == 3 * tokens + 2 * 48 * 4
    assert record.nbytes == record.features_nbytes + sum(layer.nbytes for layer in record)


def test_blocks_without_a_final_norm_have_their_plain_outputs() -> None:
    blocks = nn.Sequential(*(nn.TransformerEncoderLayer(24, 4, 32, batch_first=True) for _ in range(2))).eval()
    with torch.no_grad(), record_attention(features=True) as record:
        output = blocks(torch.randn(1, 5, 24))
    assert [of.path for of in record.features.values()] == ["0", "1"]
    assert record.features[1].normed is record.features[1].raw and record.features[1].norm_path == ""
    assert torch.equal(record.features[1].raw, output)
    assert repr(record.features[1]) == "<Features after 1: (1, 5, 24), no norm>"


def test_a_call_outside_blocks_has_no_features() -> None:
    with record_attention(features=True) as record:
        F.scaled_dot_product_attention(*torch.randn(3, 1, 2, 5, 4))
        Attends()(torch.randn(1, 2, 5, 4))
    assert len(record) == 2 and record.features == {}


class Normed(nn.Module):
    """A block of a norm, with or without attention."""

    def __init__(self, attends: bool) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4)
        self.inner = Attends() if attends else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return x + self.inner(self.norm(x))


class Stages(nn.Module):
    """Blocks with a norm between the first two, and with or without a norm at the end."""

    def __init__(self, attends: list[bool], ends: bool) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Normed(each) for each in attends])
        self.between, self.end = nn.LayerNorm(4), nn.LayerNorm(4) if ends else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        for number, block in enumerate(self.blocks):
            x = self.between(block(x)) if number == 0 else block(x)
        return self.end(x)


@pytest.mark.parametrize(
    ("attends", "ends", "expected"),
    [([True, True], True, "end"), ([True, True], False, ""), ([False, True, False], True, "end"), ([True], False, "between")],
)
def test_the_heads_norm_is_the_first_after_the_last_block(attends: list[bool], ends: bool, expected: str) -> None:
    with torch.no_grad(), record_attention(features=True) as record:
        Stages(attends, ends)(torch.randn(1, 2, 5, 4))
    assert {of.norm_path for of in record.features.values()} == {expected}
