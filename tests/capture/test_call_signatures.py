"""Attention that is not a call of `F.scaled_dot_product_attention`: torch's own module, and an explicit softmax."""

from __future__ import annotations

from typing import Any

import pytest
import timm
import torch
import torchvision
from torch import Tensor, nn

from attention_core import AttentionRecord, record_attention

BATCH, HEADS, QUERIES, KEYS, WIDTH = 2, 3, 5, 7, 12


def near(actual: Tensor, expected: Tensor, tolerance: float = 1e-6) -> None:
    torch.testing.assert_close(actual.double(), expected.double(), atol=tolerance, rtol=0)


def record(module: nn.Module, *inputs: Any, **options: Any) -> AttentionRecord:
    with record_attention() as found:
        module(*inputs, **options)
    return found


MULTI_HEAD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "no bias": ({"bias": False}, {}),
    "other widths of keys and values": ({"kdim": 8, "vdim": 6}, {}),
    "an extra learned token": ({"add_bias_kv": True}, {}),
    "an extra token of zeros": ({"add_zero_attn": True}, {}),
    "both extra tokens": ({"add_bias_kv": True, "add_zero_attn": True}, {"padding": True}),
    "padding": ({}, {"padding": True}),
    "boolean mask": ({}, {"mask": torch.rand(QUERIES, KEYS) > 0.7}),
    "float mask": ({}, {"mask": torch.randn(QUERIES, KEYS)}),
    "a mask a head, and padding": ({}, {"mask": torch.rand(BATCH * HEADS, QUERIES, KEYS) > 0.8, "padding": True}),
    "batch second": ({"batch_first": False}, {}),
}


@pytest.mark.parametrize("name", MULTI_HEAD)
@pytest.mark.parametrize("need_weights", [True, False])
def test_multi_head_attention_is_what_torch_returns(name: str, need_weights: bool) -> None:
    built, called = MULTI_HEAD[name]
    module = nn.MultiheadAttention(WIDTH, HEADS, **{"batch_first": True} | built).eval()
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    q, k, v = (
        torch.randn(BATCH, n, w)
        for n, w in ((QUERIES, WIDTH), (KEYS, built.get("kdim", WIDTH)), (KEYS, built.get("vdim", WIDTH)))
    )
    if not built.get("batch_first", True):
        q, k, v = (tokens.transpose(0, 1) for tokens in (q, k, v))
    padding = torch.zeros(BATCH, KEYS, dtype=torch.bool)
    padding[1, -2:] = True
    options = {"attn_mask": called.get("mask"), "key_padding_mask": padding if called.get("padding") else None}
    _, expected = module(q, k, v, **options, average_attn_weights=False)
    (layer,) = record(module, q, k, v, **options, need_weights=need_weights).layers
    near(layer.weights(), expected)
    near(layer.rows([3]), expected[:, :, [3]])
    assert layer.v is not None and layer.v.shape[-2] == layer.num_keys and layer.path == "MultiheadAttention"


def test_without_a_batch_there_is_one() -> None:
    module = nn.MultiheadAttention(WIDTH, HEADS)
    x = torch.randn(QUERIES, WIDTH)
    _, expected = module(x, x, x, average_attn_weights=False)
    near(record(module, x, x, x).layers[0].weights()[0], expected)


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_the_fast_path_of_an_encoder_hides_nothing(context: Any) -> None:
    """torch would run the whole layer in one native function, in evaluation mode without gradients."""
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 16, batch_first=True)
    encoder = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False).eval()
    x = torch.randn(BATCH, QUERIES, WIDTH)
    with context():
        alone = encoder(x)
        found = record(encoder, x)
        _, expected = encoder.layers[0].self_attn(x, x, x, average_attn_weights=False)
    assert [each.path for each in found.layers] == [f"layers.{i}.self_attn" for i in range(3)]
    near(found.layers[0].weights(), expected)
    near(alone, encoder(x), 1e-5)


def test_torchvisions_vit_is_seen() -> None:
    model = torchvision.models.VisionTransformer(32, 8, 2, HEADS, WIDTH, 24).eval()
    with torch.inference_mode():
        found = record(model, torch.randn(1, 3, 32, 32))
    assert [layer.path for layer in found.layers] == [f"encoder.layers.encoder_layer_{i}.self_attention" for i in range(2)]
    assert found.layers[0].weights().shape == (1, HEADS, 17, 17)
    near(found.layers[1].weights().sum(-1), torch.ones(1, HEADS, 17))


class Explicit(nn.Module):
    """Attention with an explicit softmax, as many models write it. `form` selects how the softmax is called."""

    def __init__(self, form: str, over_channels: bool = False) -> None:
        super().__init__()
        self.form, self.over_channels = form, over_channels
        self.softmax = nn.Softmax(dim=-1)
        self.kept: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        batch, tokens, width = x.shape
        heads = x.view(batch, tokens, HEADS, width // HEADS).transpose(1, 2)
        heads = heads.transpose(-2, -1) if self.over_channels else heads
        scores = heads @ heads.transpose(-2, -1)
        if self.form == "of batches of heads":
            scores = scores.flatten(0, 1)
        weights = {
            "function": lambda: torch.nn.functional.softmax(scores, dim=-1),
            "torch": lambda: torch.softmax(scores, -1),
            "method": lambda: scores.softmax(dim=3),
            "module": lambda: self.softmax(scores),
            "of batches of heads": lambda: scores.softmax(-1),
        }[self.form]()
        self.kept.append(weights.view(batch, HEADS, *weights.shape[-2:]))
        self.values = heads
        values = heads.flatten(0, 1) if weights.ndim == 3 else heads
        return self.joined(weights @ values, x)

    def joined(self, output: Tensor, x: Tensor) -> Tensor:
        output = output.view(len(x), HEADS, *output.shape[-2:])
        return (output.transpose(-2, -1) if self.over_channels else output).transpose(1, 2).reshape(x.shape)


@pytest.mark.parametrize("form", ["function", "torch", "method", "module", "of batches of heads"])
def test_an_explicit_softmax_is_kept_unchanged(form: str) -> None:
    module = nn.Sequential(Explicit(form), Explicit(form))
    found = record(module, torch.randn(BATCH, KEYS, WIDTH))
    assert [layer.path for layer in found.layers] == ["0", "1"]
    for layer, each in zip(found.layers, module, strict=True):
        (expected,) = each.kept
        near(layer.weights(), expected)
        near(layer.rows([2]), expected[:, :, [2]])
        near(layer.columns([2, 0]), expected[..., [2, 0]])
        near(layer.weights(head=1, temperature=2.0), (expected.log() / 2).softmax(-1)[:, 1])
        assert (layer.num_heads, layer.num_queries, layer.num_keys) == (HEADS, KEYS, KEYS)
        assert layer.v is not None and layer.nbytes == expected.nbytes + layer.v.nbytes
        near(layer.v, each.values)


def test_attention_over_channels_is_named_and_is_not_a_layer() -> None:
    found = record(nn.Sequential(Explicit("method", over_channels=True)), torch.randn(BATCH, KEYS, WIDTH))
    assert found.layers == [] and [(each.path, each.over_channels) for each in found.unseen] == [("0", True)]
    with pytest.raises(ValueError, match=r"no attention over tokens was seen; looked for F\.scaled.* In 0: it weighs channels"):
        found.require()


def test_any_other_softmax_is_not_attention() -> None:
    class Head(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.mean(1).softmax(-1) + x.softmax(1).sum(1) + x[:, None, :, :4].softmax(-1).sum()

    assert record(Head(), torch.randn(BATCH, KEYS, WIDTH)).layers == []
    with record_attention() as found:
        torch.randn(1, 2, 5, 5).softmax(-1)  # outside any module, nothing says what these weights multiply
    assert found.layers == []


def test_a_model_without_attention_says_what_to_try() -> None:
    found = record(nn.Linear(3, 3), torch.randn(1, 3))
    with pytest.raises(
        ValueError, match=r"F\.multi_head_attention_forward, and an explicit softmax .* same thread.*sdpa or eager"
    ):
        found.require()


@pytest.mark.parametrize(
    ("name", "size", "layers", "channels"),
    [
        ("swin_tiny_patch4_window7_224", 224, 12, 0),
        ("cait_xxs24_224", 224, 26, 0),
        ("levit_128s", 224, 11, 0),
        ("xcit_nano_12_p16_224", 224, 2, 12),
    ],
)
def test_timms_explicit_attention_is_distinguished_from_channels(name: str, size: int, layers: int, channels: int) -> None:
    model = timm.create_model(name, pretrained=False).eval()
    with torch.inference_mode():
        found = record(model, torch.randn(1, 3, size, size))
    assert (len(found.layers), sum(each.over_channels for each in found.unseen)) == (layers, channels)
    paths = dict(model.named_modules())
    assert all(layer.path in paths for layer in found.layers)
    for layer in found.layers:
        near(layer.rows([0]).sum(-1), torch.ones(*layer.rows([0]).shape[:-1]), 1e-5)


def qk(dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor, Tensor]:
    return (
        torch.randn(BATCH, HEADS, QUERIES, 4).to(dtype),
        torch.randn(BATCH, HEADS, KEYS, 4).to(dtype),
        torch.randn(BATCH, HEADS, KEYS, 4).to(dtype),
    )


class Calls(nn.Module):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def forward(self) -> None:
        for _ in range(self.count):
            torch.nn.functional.scaled_dot_product_attention(*qk())


def test_only_the_layers_asked_for_are_kept_and_all_are_counted() -> None:
    with record_attention(only=(1, 3)) as found:
        Calls(4)()
    assert [layer.index for layer in found.layers] == [1, 3]
    whole = 4 * 4 * BATCH * HEADS * (QUERIES + KEYS + KEYS) * 4
    assert found.nbytes_seen == whole and found.nbytes == whole // 2


def test_half_precision_takes_half_the_memory_and_keeps_the_dtype() -> None:
    q, k, v = qk()
    with record_attention(keep_v=False, device="cpu", dtype=torch.float16) as found:
        torch.nn.functional.scaled_dot_product_attention(q, k, v)
    (layer,) = found.layers
    assert layer.q.dtype == torch.float16 and layer.dtype == torch.float32 and layer.device == torch.device("cpu")
    assert found.nbytes == (q.nbytes + k.nbytes) // 2
    near(layer.weights(), (q @ k.transpose(-2, -1) / 2).softmax(-1), 2e-3)


def test_a_boolean_mask_stays_boolean() -> None:
    q, k, v = qk()
    with record_attention(dtype=torch.float16) as found:
        torch.nn.functional.scaled_dot_product_attention(q, k, v, torch.rand(QUERIES, KEYS) > 0.5)
    assert found.layers[0].mask.dtype == torch.bool


def test_autocast_is_recorded() -> None:
    model = timm.create_model("vit_tiny_patch16_224", pretrained=False, img_size=32, depth=2).eval()
    x = torch.randn(1, 3, 32, 32)
    with torch.inference_mode():
        exact = record(model, x)
        with torch.autocast("cpu", torch.bfloat16):
            rough = record(model, x)
    assert rough.layers[0].dtype == torch.bfloat16
    near(rough.layers[1].weights(), exact.layers[1].weights(), 0.02)


def test_outside_of_modules_a_layer_has_no_path() -> None:
    with record_attention() as found:
        torch.nn.functional.scaled_dot_product_attention(*qk())
    assert found.layers[0].path == ""


def test_a_path_is_the_name_in_the_outermost_module() -> None:
    inner = Calls(1)
    outer = nn.ModuleDict({"blocks": nn.ModuleList([nn.Identity(), inner])})
    outer.forward = lambda: inner()
    with record_attention() as found:
        inner()
    assert found.layers[0].path == "Calls", "alone, the module's class is its name"
    model = timm.create_model("vit_tiny_patch16_224", pretrained=False, img_size=32, depth=2).eval()
    with record_attention(model=model) as found:
        model.forward_features(torch.randn(1, 3, 32, 32))
    assert [layer.path for layer in found.layers] == ["blocks.0.attn", "blocks.1.attn"]


def test_every_call_is_reported_and_may_be_the_last() -> None:
    told: list[int] = []
    with record_attention(only=(2,), on_call=told.append):
        Calls(4)()
    assert told == [0, 1, 2, 3]

    def stop(call: int) -> None:
        if call == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError), record_attention(on_call=stop) as found:
        Calls(4)()
    assert len(found.layers) == 1
    torch.nn.functional.scaled_dot_product_attention(*qk())
    assert len(found.layers) == 1


PRODUCTS = {
    "torch.linalg.matmul": lambda w, v: torch.linalg.matmul(w, v),
    "baddbmm": lambda w, v: torch.baddbmm(torch.zeros(6, 5, 4), w.flatten(0, 1), v.flatten(0, 1)),
    "bmm": lambda w, v: torch.bmm(w.flatten(0, 1), v.flatten(0, 1)),
    "einsum with an ellipsis": lambda w, v: torch.einsum("...ij,...jd->...id", w, v),
    "transposed": lambda w, v: v.mT @ w.mT,
}


@pytest.mark.parametrize("how", PRODUCTS)
def test_weights_meet_values_in_any_product(how: str) -> None:
    q, k, v = torch.randn(3, 2, 3, 5, 4)
    with record_attention() as found:
        weights = (q @ k.mT).softmax(-1)
        PRODUCTS[how](weights, v)
    near(found[0].weights(), weights)
