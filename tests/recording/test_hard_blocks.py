"""Blocks with unusual structures: the record of them is right, or it gives a reason why it is empty."""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Callable

import pytest
import timm
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from attention_core import AttentionRecord, BlockRecord, head_writes, record_attention
from tests.planted import PLANTED, planted
from tests.recording.feature_models import SIDE, small

WIDTH, HEADS, TOKENS, BATCH = 24, 4, 7, 2
Change = Callable[["Block", Tensor], Tensor]


def same(_: Block, x: Tensor) -> Tensor:
    return x


class Block(nn.Module):
    """A pre-norm block that a test may change: what heads return before W_0, and what W_0 returns."""

    def __init__(self, before: Change = same, after: Change = same, explicit: bool = False) -> None:
        super().__init__()
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.proj, self.gate = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.down, self.up = nn.Linear(WIDTH, 2, bias=False), nn.Linear(2, WIDTH, bias=False)
        self.mix = nn.Linear(HEADS, HEADS, bias=False)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 30), nn.GELU(), nn.Linear(30, WIDTH))
        self.before, self.after, self.attend = before, after, explicitly if explicit else F.scaled_dot_product_attention

    def attention(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(self.norm1(x)).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        joined = self.before(self, self.attend(q, k, v).transpose(1, 2).flatten(2))
        return self.after(self, self.proj(joined))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(x)
        return x + self.mlp(self.norm2(x))


def explicitly(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return (q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5).softmax(-1) @ v


class Model(nn.Module):
    def __init__(self, *blocks: nn.Module) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x


def recorded(block: nn.Module, dtype: torch.dtype = torch.float32) -> AttentionRecord:
    torch.manual_seed(0)
    model = Model(block).eval().requires_grad_(False)
    for parameter in model.parameters():
        parameter.normal_(std=0.3)
    with torch.no_grad(), record_attention(blocks=True) as record:
        model.to(dtype)(torch.randn(BATCH, TOKENS, WIDTH).to(dtype))
    return record


def block_of(block: nn.Module, dtype: torch.dtype = torch.float32) -> BlockRecord:
    return recorded(block, dtype).blocks[0]


def lora(block: Block, x: Tensor) -> Tensor:
    block.beside = block.up(block.down(x))
    return x


def talking(block: Block) -> None:
    block.attend = lambda q, k, v: block.mix((q @ k.transpose(-2, -1)).softmax(-1).movedim(1, -1)).movedim(-1, 1) @ v


REASONS = {
    "a norm stands between the heads and W_0": Block(before=lambda block, x: block.norm3(x)),
    "something multiplies what the heads return before W_0": Block(before=lambda _, x: x * x.sigmoid()),
    "no linear map takes what the heads return": Block(before=lambda block, x: x.flip(1)),
    "several linear maps take what the heads return": Block(before=lora, after=lambda block, x: x + block.beside),
    "what W_0 returns cannot be followed into the residual stream": Block(after=lambda block, x: x * block.gate(x).sigmoid()),
}


@pytest.mark.parametrize("reason", REASONS)
def test_an_unusual_block_has_a_reason(reason: str) -> None:
    of = block_of(REASONS[reason])
    assert of.projection is None and of.path == "blocks.0"
    assert reason in of.why_no_projection or (reason.startswith("something") and "several" in of.why_no_projection)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_the_plain_block_is_recognised(dtype: torch.dtype) -> None:
    of = block_of(Block(), dtype)
    assert of.projection is not None and of.projection.path == "blocks.0.proj" and of.projection.weight.dtype == dtype
    assert of.moves is not None and of.moves.after.dtype == torch.float32


def test_explicit_attention_is_recognised_with_its_values() -> None:
    explicit, fused = (recorded(Block(explicit=way)) for way in (True, False))
    for ours, theirs in zip(explicit.contributions(), fused.contributions(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_mixed_weights_are_not_those_of_the_heads() -> None:
    block = Block()
    talking(block)
    record = recorded(block)
    assert record[0].v is None and record.blocks[0].projection is None
    assert record.blocks[0].why_no_projection == "what the heads return cannot be told"


@pytest.mark.parametrize(
    "factor", [0.25, torch.tensor(0.25), torch.linspace(0.1, 2, WIDTH)], ids=["number", "scalar", "vector"]
)
def test_factors_shared_by_all_tokens_are_the_layer_scale(factor: float | Tensor) -> None:
    of = block_of(Block(after=lambda _, x: factor * x))
    assert of.projection is not None and of.projection.layer_scale is not None
    torch.testing.assert_close(of.projection.layer_scale, torch.as_tensor(factor).expand(WIDTH))


def test_a_layer_scale_in_place_is_right() -> None:
    scale = torch.linspace(0.1, 2, WIDTH)
    of = block_of(Block(after=lambda _, x: x.mul_(scale)))
    assert of.projection is not None and of.projection.layer_scale is not None and of.moves is not None
    torch.testing.assert_close(of.projection.layer_scale, scale)


def test_numbers_changed_in_place_are_not_the_output_of_w_0() -> None:
    of = block_of(Block(after=lambda _, x: x.clamp_(-0.1, 0.1)))
    assert of.projection is None and of.why_no_projection == "what W_0 returns cannot be followed into the residual stream"


class Flat(Block):
    """A block whose tokens lie in one row, as in OPT."""

    def attention(self, x: Tensor) -> Tensor:
        return super().attention(x.unflatten(0, (BATCH, -1))).flatten(0, 1)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.flatten(0, 1)).unflatten(0, (BATCH, -1))


def test_tokens_in_one_row_belong_to_their_images() -> None:
    flat, plain = block_of(Flat()), block_of(Block())
    assert flat.moves is not None and plain.moves is not None
    torch.testing.assert_close(flat.moves.attention, plain.moves.attention)
    torch.testing.assert_close(flat.moves.cos_mlp, plain.moves.cos_mlp)


class InPlace(Block):
    def forward(self, x: Tensor) -> Tensor:
        x += self.attention(x)
        x += self.mlp(self.norm2(x))
        return x


class Alone(Block):
    def forward(self, x: Tensor) -> Tensor:
        return x + self.attention(x)


class Thrice(Block):
    def forward(self, x: Tensor) -> Tensor:
        x = super().forward(x)
        return x + self.mlp(self.norm3(x))


class Convolved(Block):
    """Changes its stream before attention. After attention it changes it in a way that is not a sum."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x + self.gate(x)).tanh()


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (InPlace(), "not recognised|writes over its stream"),
        (Alone(), "adds nothing to its stream but what attention writes"),
        (Thrice(), "adds 3 things"),
        (Convolved(), "not recognised"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_heads_writes_are_known_even_if_moves_are_not(block: Block, reason: str) -> None:
    of = block_of(block)
    assert of.moves is None and re.search(reason, of.why_no_moves)
    assert of.projection is not None and of.projection.path == "blocks.0.proj"


class Positions(Block):
    """Adds to its stream before attention, as conditional position encodings do (Chu et al. 2023)."""

    def forward(self, x: Tensor) -> Tensor:
        self.given = x + self.gate(x)
        return super().forward(self.given)


def test_an_addition_before_attention_is_part_of_the_stream() -> None:
    block = Positions()
    of = block_of(block)
    assert of.moves is not None
    torch.testing.assert_close(of.moves.before, block.given.norm(dim=-1))


class Named(Model):
    """Calls its blocks with keyword arguments."""

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x=x)
        return x


def test_blocks_that_are_called_by_name_are_recognised() -> None:
    model = Named(Block(), Block())
    with torch.no_grad(), record_attention(blocks=True) as record:
        model(torch.randn(BATCH, TOKENS, WIDTH))
    assert [of.moves is not None and of.projection is not None for of in record.blocks.values()] == [True, True]


def test_a_call_outside_blocks_gives_a_reason() -> None:
    block = Block()
    with torch.no_grad(), record_attention(blocks=True) as record:
        block(torch.randn(BATCH, TOKENS, WIDTH))
    of = record.blocks[0]
    assert of.path == "" and "lies in no block" in of.why_no_projection and "lies in no block" in of.why_no_moves
    assert record.contributions() == [None]


def test_a_model_that_raises_leaves_nothing_behind() -> None:
    model = small()
    broken = model.blocks[1].register_forward_hook(lambda *_: (_ for _ in ()).throw(RuntimeError("stop")))
    with record_attention(blocks=True) as record, pytest.raises(RuntimeError, match="stop"):
        model(torch.randn(1, 3, SIDE, SIDE))
    assert list(record.blocks) == [0] or list(record.blocks) == [0, 1]
    broken.remove()
    with torch.no_grad(), record_attention(blocks=True) as record:
        model(torch.randn(1, 3, SIDE, SIDE))
    assert all(of.moves is not None for of in record.blocks.values()) and len(record.blocks) == 3


def test_nothing_of_a_pass_outlives_the_recording() -> None:
    model, kept = small(), []
    handle = model.blocks[0].mlp.register_forward_hook(lambda _m, _a, output: kept.append(weakref.ref(output)))
    with torch.no_grad(), record_attention(blocks=True) as record:
        model(torch.randn(1, 3, SIDE, SIDE))
    handle.remove()
    gc.collect()
    assert len(record.blocks) == 3 and kept[0]() is None


def test_there_are_none_by_default() -> None:
    with torch.no_grad(), record_attention() as record:
        small()(torch.randn(1, 3, SIDE, SIDE))
    assert record.blocks == {}
    with pytest.raises(KeyError, match=r"no block of call 1: blocks were not asked for, or it never ended; kept are none"):
        record.blocks[1]
    with pytest.raises(ValueError, match="record with blocks=True"):
        record.contributions()


def test_a_step_and_a_device_have_their_own() -> None:
    model = small()
    with torch.no_grad(), record_attention(blocks=True, model=model) as record:
        for _ in range(2):
            model(torch.randn(1, 3, SIDE, SIDE))
    assert list(record.step(1).blocks) == [3, 4, 5]
    moved = record.to("meta").blocks[0]
    assert moved.moves is not None and moved.moves.after.is_meta
    assert moved.projection is not None and moved.projection.weight.is_meta


def test_only_the_planted_head_that_writes_nothing_contributes_nothing() -> None:
    record, _ = planted().record(Image.effect_noise((32, 32), 90).convert("RGB"), blocks=True)
    for layer, found in enumerate(record.contributions()):
        assert found is not None
        silent = {head for head in range(found.shape[1]) if found[:, head].amax() == 0}
        assert silent == {head for name, (at, head) in PLANTED.items() if at == layer and name == "nothing"}


def test_a_model_with_an_attention_pool_reports_only_its_blocks() -> None:
    model = timm.create_model("vit_base_patch16_siglip_224", img_size=SIDE, num_classes=2, embed_dim=24, num_heads=4, depth=2)
    with torch.no_grad(), record_attention(blocks=True) as record:
        model.eval()(torch.randn(1, 3, SIDE, SIDE))
    found = record.contributions()
    assert [each is not None for each in found] == [True, True, False]
    assert [each is not None for each in record.contributions([2, 0])] == [False, True]
    layer = record[0]
    projection = record.blocks[0].projection
    assert projection is not None
    with pytest.raises(ValueError, match="query must be 0"):
        head_writes(layer, projection, [layer.num_queries])
