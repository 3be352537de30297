"""A user's actions on a record: find layers, select one step or image, save it, make a table of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import timm
import torch
import torch.nn.functional as F
import transformers
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from attention_core import AttentionRecord, PatchGrid, VisionModel, record_attention
from attention_core.models.timm_models import as_vision_model


@pytest.fixture(scope="module")
def model() -> VisionModel:
    torch.manual_seed(0)
    sizes = {"img_size": 32, "patch_size": 8, "embed_dim": 24, "depth": 2, "num_heads": 3, "num_classes": 0}
    module = timm.create_model("vit_tiny_patch16_224", dynamic_img_size=True, **sizes).eval().requires_grad_(False)
    return as_vision_model(module, "tiny", "Tiny", source="", licence="")


PICTURES = [Image.effect_noise((48, 32), 80).convert("RGB"), Image.effect_noise((48, 32), 20).convert("RGB")]


@pytest.fixture(scope="module")
def record(model: VisionModel) -> AttentionRecord:
    return model.record(PICTURES[0], 6)[0]


def same(one: AttentionRecord, other: AttentionRecord) -> bool:
    return len(one) == len(other) and all(
        torch.equal(mine.weights(), theirs.weights()) for mine, theirs in zip(one, other, strict=True)
    )


def test_layers_are_found_by_number_and_by_path(record: AttentionRecord) -> None:
    assert len(record) == 2 == len(list(record))
    assert record[1] is record.layers[1] is record[-1] is record["blocks.1.attn"]
    with pytest.raises(KeyError, match=r"no layer blocks.7; recorded are blocks.0.attn, blocks.1.attn"):
        record["blocks.7"]
    with pytest.raises(IndexError):
        record[2]


def test_its_repr_is_one_line(record: AttentionRecord) -> None:
    assert repr(record) == "<AttentionRecord: 2 layers, blocks.0.attn … blocks.1.attn, 0.0 MB>"
    assert repr(record[0]) == "<LayerRecord 0 blocks.0.attn: batch of 1, 3 heads, 25 queries, 25 keys, head width 8>"


def test_each_image_of_a_batch_equals_a_single_run(model: VisionModel) -> None:
    together, grid = model.record(PICTURES, 6)
    assert together.num_images == 2 and together[0].q.shape[0] == 2
    for index, picture in enumerate(PICTURES):
        alone, _ = model.record(picture, 6)
        for mine, theirs in zip(together.image(index), alone, strict=True):
            torch.testing.assert_close(mine.weights(), theirs.weights(), atol=1e-5, rtol=0)
        assert together.image(index).grid == grid
    with pytest.raises(ValueError, match="image must be 0–1, received 2"):
        together.image(2)


def test_the_windows_of_an_image_stay_together() -> None:
    torch.manual_seed(0)
    swin = timm.create_model("swin_tiny_patch4_window7_224", img_size=56, embed_dim=24, depths=(2, 2), num_heads=(2, 3)).eval()
    both = torch.randn(2, 3, 56, 56)
    with torch.no_grad():
        with record_attention() as together:
            swin(both)
        together.num_images = 2
        with record_attention() as alone:
            swin(both[1:])
    for mine, theirs in zip(together.image(1), alone, strict=True):
        torch.testing.assert_close(mine.weights(), theirs.weights(), atol=1e-5, rtol=0)


def test_steps_of_a_generation_are_told_apart() -> None:
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 50}
    language = transformers.LlamaForCausalLM(transformers.LlamaConfig(**sizes)).eval()
    with torch.no_grad(), record_attention(model=language) as record:
        language.generate(torch.randint(3, 50, (1, 6)), max_new_tokens=3, min_new_tokens=3, do_sample=False)
    assert record.num_steps == 3
    assert [(layer.num_queries, layer.num_keys) for layer in record.step(2)] == [(1, 8)] * 2
    assert record.step(1)["model.layers.1.self_attn"].num_keys == 7
    with pytest.raises(KeyError, match="was called 3 times"):
        record["model.layers.1.self_attn"]
    with pytest.raises(ValueError, match="step must be below the 3 recorded, received 3"):
        record.step(3)


def test_encoder_decoder_and_cross_attention_have_different_paths() -> None:
    torch.manual_seed(0)
    whole = nn.Transformer(24, 4, 1, 1, 32, batch_first=True).eval()
    with torch.no_grad(), record_attention() as record:
        whole(torch.randn(1, 5, 24), torch.randn(1, 4, 24))
    sizes = {layer.path: (layer.num_queries, layer.num_keys) for layer in record}
    assert sizes == {
        "encoder.layers.0.self_attn": (5, 5),
        "decoder.layers.0.self_attn": (4, 4),
        "decoder.layers.0.multihead_attn": (4, 5),
    }


def test_a_second_recording_counts_its_steps_from_0(model: VisionModel) -> None:
    for _ in range(2):
        assert {layer.step for layer in model.record(PICTURES[0], 6)[0]} == {0}


def test_loading_inverts_saving(record: AttentionRecord, tmp_path: Path) -> None:
    loaded = AttentionRecord.load(record.save(tmp_path / "record.safetensors"))
    assert same(record, loaded)
    assert (loaded.grid, loaded.prefix_tokens, loaded.num_images) == (record.grid, ("CLS",), 1)
    for mine, theirs in zip(record, loaded, strict=True):
        assert (mine.path, mine.index, mine.step, mine.scale, mine.dtype) == (
            theirs.path, theirs.index, theirs.step, theirs.scale, theirs.dtype,
        )  # fmt: skip
        assert mine.v is not None and torch.equal(mine.v, theirs.v)


class Mixed(nn.Module):
    """A mask that is broadcast, keys that are their queries, and an explicit softmax."""

    def forward(self, x: Tensor) -> Tensor:
        x = F.scaled_dot_product_attention(x, x, x, torch.rand(1, 1, 1, 300).expand(1, 1, 300, 300))
        return (x @ x.mT).softmax(-1) @ x


def test_a_file_is_no_larger_than_its_tensors(tmp_path: Path) -> None:
    with record_attention() as record:
        Mixed()(torch.randn(1, 1, 300, 8))
    file = record.save(tmp_path / "record.safetensors")
    assert record.nbytes < file.stat().st_size < record.nbytes + 3000
    loaded = AttentionRecord.load(file)
    assert same(record, loaded) and loaded[0].k is loaded[0].q and loaded.nbytes == record.nbytes


@pytest.mark.parametrize("how", ["no record", "cut short", "another version", "shapes that do not fit", "absent tensor"])
def test_a_file_that_is_not_a_record_gets_one_sentence(how: str, record: AttentionRecord, tmp_path: Path) -> None:
    file = record.save(tmp_path / "record.safetensors")
    header = file.read_bytes()
    if how == "no record":
        save_file({"a": torch.zeros(2)}, file)
    elif how == "cut short":
        file.write_bytes(header[:-100])
    elif how == "another version":
        file.write_bytes(header.replace(b'\\"version\\": 1', b'\\"version\\": 9'))
    else:
        tensors = load_file(file)
        tensors["0.k"] = tensors["0.k"][..., :3].contiguous()
        if how == "absent tensor":
            del tensors["0.k"]
        from safetensors import safe_open

        with safe_open(file, framework="pt") as opened:
            metadata = opened.metadata()
        save_file(tensors, file, metadata)
    with pytest.raises(ValueError, match=r"record.safetensors (is no attention record|was saved by another)"):
        AttentionRecord.load(file)


def test_it_moves_to_another_device(record: AttentionRecord) -> None:
    moved = record.to("meta")
    assert all(layer.q.is_meta and layer.k.is_meta for layer in moved) and not record[0].q.is_meta
    assert moved.grid == record.grid and moved[0].path == record[0].path


def test_its_statistics_are_a_table(record: AttentionRecord) -> None:
    table = record.to_pandas()
    assert list(table.columns) == [
        "image", "layer", "step", "path", "head", "entropy_bits", "mean_distance_patches", "prefix_share",
    ]  # fmt: skip
    assert len(table) == 2 * 3
    row = table[(table["layer"] == 1) & (table["head"] == 2)].iloc[0]
    found = record.statistics([1])[0]
    assert row["entropy_bits"] == pytest.approx(float(found.entropy[0, 2]))
    assert row["mean_distance_patches"] == pytest.approx(float(found.mean_distance[0, 2]))
    assert row["prefix_share"] == pytest.approx(float(found.prefix_share[0, 2])) and row["path"] == "blocks.1.attn"


def test_layers_without_a_grid_have_no_distance() -> None:
    with record_attention() as record:
        F.scaled_dot_product_attention(*torch.randn(3, 1, 2, 5, 4))
    assert record.to_pandas()["mean_distance_patches"].isna().all()


def test_show_refuses_a_grid_that_does_not_fit(record: AttentionRecord) -> None:
    with pytest.raises(ValueError, match="6 × 6 patches are more than the 25 tokens"):
        record.show(PICTURES[0], PatchGrid(6, 6, 8))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda layer: layer.rows(5), r"expected a list of query numbers from 0 to 24, such as \[0\]; received 5"),
        (lambda layer: layer.rows([1.5]), r"expected a list of query numbers .* received \[1.5\]"),
        (lambda layer: layer.rows("CLS"), "expected a list of query numbers .* received 'CLS'"),
        (lambda layer: layer.columns(None), "expected a list of key numbers .* received None"),
        (lambda layer: layer.rows([25]), "query must be 0–24, received 25"),
        (lambda layer: layer.rows([0], temperature=-1), "temperature must be 0 or more, received -1"),
        (lambda layer: layer.weights(temperature=-1), "temperature must be 0 or more, received -1"),
        (lambda layer: layer.rows([0], "warm"), "temperature must be 0 or more, received warm"),
        (lambda layer: layer.columns([0], None), "temperature must be above 0 and finite here, received None"),
        (lambda layer: layer.weights(head=1.5), "head must be 0–2, received 1.5"),
    ],
)
def test_an_invalid_token_number_gives_a_sentence(record: AttentionRecord, call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(record[0])


@pytest.mark.parametrize("option", [{"residual": "all"}, {"discard": None}])
def test_options_of_a_rollout_are_numbers(record: AttentionRecord, option: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(option))} must be .* received"):
        record.rollout(0, **option)


def test_show_takes_the_picture_in_any_form(model: VisionModel, record: AttentionRecord, tmp_path: Path) -> None:
    PICTURES[0].save(tmp_path / "picture.png")
    pages = [record.show(picture).page for picture in (PICTURES[0], tmp_path / "picture.png")]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("query", ["CLS", 1.5, None, 25, -1])
def test_a_rollout_needs_the_number_of_a_token(record: AttentionRecord, query: object) -> None:
    with pytest.raises(ValueError, match=f"query must be 0–24, received {query!r}"):
        record.rollout(query)


def test_any_sequence_of_numbers_is_accepted(record: AttentionRecord) -> None:
    expected = record[0].rows([2, 5])
    for queries in ((2, 5), torch.tensor([2, 5]), range(2, 8, 3), torch.tensor([2, 5]).numpy()):
        assert torch.equal(record[0].rows(queries), expected)


@pytest.mark.parametrize("temperature", [0.05, 0.2])
def test_columns_at_a_low_temperature_are_as_exact_as_rows(temperature: float) -> None:
    torch.manual_seed(0)
    q, k = 4 * torch.randn(1, 2, 200, 16), 4 * torch.randn(1, 2, 200, 16)
    with record_attention() as record:
        F.scaled_dot_product_attention(q, k, k)
    expected = (q.double() @ k.double().mT / 4 / temperature).softmax(-1)
    torch.testing.assert_close(record[0].columns([3, 7], temperature).double(), expected[..., [3, 7]], atol=1e-6, rtol=0)
    torch.testing.assert_close(record[0].rows([3, 7], temperature).double(), expected[:, :, [3, 7]], atol=1e-6, rtol=0)


def test_layers_of_several_calls_have_no_common_rollout(model: VisionModel) -> None:
    with record_attention() as record:
        for _ in range(2):
            model.module(torch.randn(1, 3, 32, 32))
    with pytest.raises(ValueError, match=r"the layers of one call of the model, received 2; take one: record.step\(0\)"):
        record.rollout(0)
    assert record.step(1).rollout(0).shape == (1, 17)


def test_only_calls_of_a_known_model_count_as_steps(model: VisionModel) -> None:
    with record_attention(model=model.module) as record:
        for _ in range(2):
            Mixed()(torch.randn(1, 1, 300, 8))
            model.module(torch.randn(1, 3, 32, 32))
    assert [layer.step for layer in record if layer.path.startswith("blocks")] == [0, 0, 1, 1]


def test_a_module_called_twice_in_a_step_is_selected_by_number() -> None:
    attend = nn.MultiheadAttention(8, 2)
    with record_attention() as record:
        for _ in range(2):
            attend(*torch.randn(3, 5, 1, 8))
    assert record.step(1)["MultiheadAttention"] is record[1]

    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attend = attend

        def forward(self, x: Tensor) -> Tensor:
            return self.attend(self.attend(x, x, x)[0], x, x)[0]

    with record_attention() as record:
        Twice()(torch.randn(5, 1, 8))
    with pytest.raises(KeyError, match=r"was called 2 times; take one of record\.layers, by its number"):
        record["attend"]


def test_an_unwritable_place_gives_a_sentence(record: AttentionRecord, tmp_path: Path) -> None:
    for place in (tmp_path / "absent" / "record.safetensors", tmp_path):
        with pytest.raises(OSError, match=r"cannot be written: .* name a file in a folder that exists"):
            record.save(place)


def test_references_to_one_tensor_are_saved(tmp_path: Path) -> None:
    x, mask = torch.randn(1, 1, 5, 8), torch.rand(5, 5) > 0.3
    with record_attention(copy=False) as record:
        for _ in range(2):
            F.scaled_dot_product_attention(x, x, x, mask)
    assert same(record, AttentionRecord.load(record.save(tmp_path / "record.safetensors")))
