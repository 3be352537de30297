"""Attention in forms that are hard to record.

A recorded layer is exact. A missing layer is named and never passed off as another.
"""

from __future__ import annotations

import re

import pytest
import torch
import transformers
from torch import Tensor, nn
from torch.nn.attention.flex_attention import flex_attention

from attention_core import AttentionRecord, record_attention
from tests.architectures import catalogue_several, catalogue_text, catalogue_vision
from tests.architectures import hard_modules as hard
from tests.architectures.harness import Case, errors_of, reasons_of, uneven

pytestmark = pytest.mark.filterwarnings("ignore")
SETTINGS = "attn_implementation"


def tokens(count: int = 6, batch: int = 2) -> Tensor:
    return torch.randn(batch, count, hard.WIDTH)


def recorded(module: nn.Module, x: Tensor) -> AttentionRecord:
    with torch.no_grad(), record_attention() as record:
        module(x)
    return record


def assert_exact_or_named(record: AttentionRecord, own: list[Tensor], named: str) -> None:
    """Every layer matches one of the model's own. If one is missing, there are reasons, and all match `named`."""
    layers = [layer.weights() for layer in record.layers]
    assert len(errors_of(layers, own)) == len(layers), f"passed off: {[tuple(weights.shape) for weights in layers]}"
    if len(layers) < len(own):
        reasons = reasons_of(record)
        assert reasons and all(re.search(named, reason) for reason in reasons), reasons


def assert_exact(record: AttentionRecord, own: list[Tensor]) -> None:
    assert len(own) == len(record.layers) == len(errors_of([layer.weights() for layer in record.layers], own)) > 0


def case_of(name: str) -> Case:
    cases = [*catalogue_several.CASES, *catalogue_text.CASES, *catalogue_vision.CASES]
    return next(case for case in cases if (case.library, case.name) == ("transformers", name))


@pytest.mark.parametrize("name", ["Deformable DETR", "RT-DETR", "Grounding DINO", "Mask2Former"])
def test_every_module_that_samples_points_is_named_by_its_path(name: str) -> None:
    case = case_of(name)
    model = uneven(case.build())
    with torch.no_grad(), case.ways["explicit"](model) as used, record_attention() as record:
        case.run(used)
    sampling = {path for path, part in model.named_modules() if re.search("MultiscaleDeformable", type(part).__name__)}
    assert sampling and not sampling & {layer.path for layer in record.layers}
    assert {entry.path for entry in record.unseen} == sampling


def test_sampled_points_are_not_keys() -> None:
    record = recorded(hard.Sampled(), tokens())
    assert record.layers == [] and all(re.search("sampl|deform|no quer", reason) for reason in reasons_of(record))


@pytest.mark.parametrize("slice_size", [1, 2, 3, 4, 8])
def test_sliced_attention(slice_size: int) -> None:
    module = hard.Sliced(slice_size)
    assert_exact_or_named(recorded(module, tokens()), module.own, "slice|batch|part")


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("heads_first", [True, False])
def test_windows_on_an_axis_of_their_own(heads_first: bool, fused: bool) -> None:
    module = hard.Windows(heads_first, fused)
    assert_exact_or_named(recorded(module, tokens()), module.own, "axes|window")


def test_heads_in_the_batch() -> None:
    module = hard.HeadsInBatch()
    assert_exact_or_named(recorded(module, tokens()), module.own, "batch|three axes|heads")


@pytest.mark.parametrize("kind", [hard.HeadsAfterQueries, hard.KeysBeforeQueries])
def test_axes_in_another_order(kind: type[hard.Attention]) -> None:
    module = kind()
    assert_exact_or_named(recorded(module, tokens()), module.own, "axis|axes|order")


def test_a_sink_is_named() -> None:
    module = hard.Sinks()
    record = recorded(module, tokens())
    assert_exact_or_named(record, module.own, "sink|extra key")
    assert any(re.search("sink|extra key", reason) for reason in reasons_of(record))


def test_a_choice_between_classes_is_not_attention() -> None:
    assert recorded(hard.WithoutAttention(6), tokens(6)).layers == []


def test_longformer_with_tokens_that_attend_to_all() -> None:
    case = case_of("Longformer")
    model, asked = uneven(case.build()), catalogue_text.tokens(16)
    everywhere = torch.zeros_like(asked["input_ids"])
    everywhere[:, 0] = 1
    with torch.no_grad():
        with record_attention() as record:
            model(**asked, global_attention_mask=everywhere)
        own = model(**asked, global_attention_mask=everywhere, output_attentions=True).global_attentions
    assert_exact_or_named(record, [weights.transpose(-1, -2) for weights in own], "window|chunk")
    assert any(re.search("window|chunk", reason) for reason in reasons_of(record))


def test_grouped_queries_packed_as_tokens() -> None:
    """transformers passes the queries of a group to the attention as tokens if there is one query token and a mask."""
    model = uneven(transformers.LlamaForCausalLM(transformers.LlamaConfig(**catalogue_text.GROUPED)))
    padded = catalogue_text.tokens(6, padded=0)
    padded["attention_mask"][1, :2] = 0
    options = {"max_new_tokens": 2, "min_new_tokens": 2, "do_sample": False}
    with record_attention() as record:
        model.generate(**padded, **options)
    model.set_attn_implementation("eager")
    output = model.generate(**padded, **options, output_attentions=True, return_dict_in_generate=True)
    own = [weights for step in output.attentions for weights in step]
    assert [layer.num_heads for layer in record.layers] == [4] * 4
    with_rows = [(layer.weights()[:, :, -1], weights[:, :, -1]) for layer, weights in zip(record.layers, own, strict=True)]
    for found, expected in with_rows:
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def test_hieras_windows_are_seen_or_the_true_reason_is_given() -> None:
    case = case_of("Hiera")
    model = uneven(case.build())
    with torch.no_grad():
        with record_attention() as record:
            case.run(model)
        assert_exact_or_named(record, case.truth(model), "axes|window")
    assert not any(SETTINGS in reason for reason in reasons_of(record)), "recommends what is set already"


def test_a_static_cache_that_slides() -> None:
    """The cache passes its own buffer to the attention and shifts all keys in it at the next token."""
    options = catalogue_text.TEXT | {
        "hidden_size": 512,
        "num_attention_heads": 8,
        "num_key_value_heads": 8,
        "num_hidden_layers": 1,
    }
    config = transformers.MistralConfig(**options | {"sliding_window": 520, "max_position_embeddings": 600})
    model = uneven(transformers.MistralForCausalLM(config))
    prompt = {"input_ids": torch.randint(3, 50, (1, 520)), "attention_mask": torch.ones(1, 520, dtype=torch.long)}
    asked = {"max_new_tokens": 3, "min_new_tokens": 3, "do_sample": False, "cache_implementation": "static"}
    with record_attention() as record:
        model.generate(**prompt, **asked)
    model.set_attn_implementation("eager")
    output = model.generate(**prompt, **asked, output_attentions=True, return_dict_in_generate=True)
    assert_exact(record, [weights for step in output.attentions for weights in step])


LARGE = 300
"""Number of tokens. q, k, a mask and the weights are then so large that copying them takes a while."""


@pytest.mark.parametrize("what", ["q", "k", "mask"])
@pytest.mark.parametrize("count", [6, LARGE])
def test_a_tensor_that_is_zeroed_after_the_call(what: str, count: int) -> None:
    module = hard.ChangesAfterwards(what)
    assert_exact(recorded(module, tokens(count, batch=32 if what != "mask" else 2)), module.own)


def test_values_that_are_zeroed_after_the_call() -> None:
    module = hard.ChangesAfterwards("v")
    (layer,) = recorded(module, tokens(LARGE, batch=32)).layers
    assert layer.v is not None and layer.v.any()


@pytest.mark.parametrize("count", [6, LARGE])
def test_dropout_that_works_in_place(count: int) -> None:
    module = hard.DropsInPlace()
    assert_exact(recorded(module, tokens(count)), module.own)


@pytest.mark.parametrize("kind", [hard.ThisExplicit, hard.ThisFused])
def test_a_module_whose_methods_do_not_use_the_name_self(kind: type[hard.Attention]) -> None:
    module = nn.Sequential(nn.LayerNorm(hard.WIDTH), kind())
    record = recorded(module, tokens())
    assert_exact(record, module[1].own)
    assert [layer.path for layer in record.layers] == ["1"]


@pytest.mark.parametrize("way", hard.PLAIN_FUNCTIONS)
def test_attention_in_a_plain_function(way: str) -> None:
    q, k, v = torch.randn(3, 2, 4, 6, 8)
    with record_attention() as record:
        hard.PLAIN_FUNCTIONS[way](q, k, v)
    assert_exact(record, [hard.softmax_by_hand(q @ k.transpose(-1, -2) * 8**-0.5)])
    assert record.layers[0].path == ""


class Whole(nn.Module):
    """The module that the tests pass to `torch.compile`. The inner module's weights are computed without it."""

    def __init__(self, kind: type[hard.Attention]) -> None:
        super().__init__()
        self.attn = kind()
        self.attn.keep = lambda *_: None

    def forward(self, x: Tensor) -> Tensor:
        return self.attn(x)


@pytest.mark.parametrize("kind", [hard.Attention, hard.Fused])
@pytest.mark.parametrize("ran_before", [True, False])
def test_a_compiled_model(kind: type[hard.Attention], ran_before: bool) -> None:
    torch.compiler.reset()
    module, x = Whole(kind), tokens()
    compiled = torch.compile(module, backend="eager")
    if ran_before:
        compiled(x)
    record = recorded(compiled, x)
    q, k, _ = module.attn.projected(x)
    assert_exact(record, [hard.softmax_by_hand(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5)])
    assert record.layers[0].path.endswith("attn")
    torch.testing.assert_close(compiled(x), module(x))


def test_a_compiled_layer_of_torch() -> None:
    torch.compiler.reset()
    layer = nn.TransformerEncoderLayer(hard.WIDTH, hard.HEADS, batch_first=True).eval()
    x = tokens()
    record = recorded(torch.compile(layer, backend="eager"), x)
    with torch.no_grad():
        own = layer.self_attn(x, x, x, average_attn_weights=False)[1]
    assert_exact(record, [own])


def test_flex_attention_still_runs_and_gives_no_false_layer() -> None:
    torch.compiler.reset()
    q, k, v = torch.randn(3, 2, 4, 6, 8)
    alone = flex_attention(q, k, v)
    with record_attention() as record:
        recorded_too = flex_attention(q, k, v)
    torch.testing.assert_close(recorded_too, alone)
    assert_exact_or_named(record, [hard.softmax_by_hand(q @ k.transpose(-1, -2) * 8**-0.5)], "flex")
