"""What is answered about one layer is what the formula gives for the recorded queries and keys."""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from tests.ui.data.asking import RANDOM, Reader, reader, weights64

MODELS: Final[list[tuple[str, Any]]] = [("raw-patches", (("patch_size", 16),)), ("random-heads", RANDOM), ("dinov2-small", ())]


@pytest.fixture(scope="module", params=MODELS, ids=[name for name, _ in MODELS])
def any_reader(request: pytest.FixtureRequest) -> Reader:
    name, options = request.param
    return reader(name, options=options)


@pytest.fixture(scope="module")
def of_features() -> Reader:
    return reader("dinov2-small", features=True)


def layers_of(asking: Reader) -> list[int]:
    """The first and the last layer, and one between."""
    return sorted({0, len(asking.made.layers) // 2, len(asking.made.layers) - 1})


def test_the_picture_is_a_jpeg_of_the_pictures_shape(any_reader: Reader) -> None:
    entry, arrays = any_reader.numbers("picture")
    picture = Image.open(io.BytesIO(arrays["bytes"].tobytes()))
    source = any_reader.made.picture.image
    assert entry == {"type": "image/jpeg"} and picture.format == "JPEG" and picture.size == source.size
    far = np.abs(np.asarray(picture, float) - np.asarray(source.convert("RGB"), float)).mean()
    assert far < 4, "the picture itself, but for what JPEG loses"


def test_queries_and_keys_of_a_layer_give_its_weights(any_reader: Reader) -> None:
    for number in layers_of(any_reader):
        layer = any_reader.made.layers[number].layer
        entry, arrays = any_reader.numbers("layer", layer=number)
        shape = (entry["numHeads"], entry["numTokens"], entry["headDim"])
        assert shape == tuple(layer.q.shape[1:]) and entry["scale"] == layer.scale
        q = on_wire("q", arrays, shape)
        k = on_wire("k", arrays, shape) if "k" in arrays else q
        expected = weights64(layer)
        scores = entry["scale"] * q @ k.transpose(-2, -1)
        torch.testing.assert_close(scores.softmax(-1), expected, rtol=0.01, atol=1e-7)
        sums = torch.from_numpy(arrays["logSumExp"]).view(*shape[:2]).double()
        torch.testing.assert_close((scores - sums[..., None]).exp(), expected, rtol=0.02, atol=1e-7)


def on_wire(name: str, arrays: dict[str, np.ndarray], shape: tuple[int, int, int]) -> Tensor:
    values = torch.from_numpy(arrays[name]).view(*shape).double()
    step = arrays.get(f"{name}Step")
    return values if step is None else values * torch.from_numpy(step).view(shape[0], 1, shape[2]).double()


@pytest.mark.parametrize("temperature", [1, 0.35])
@pytest.mark.parametrize("direction", ["outgoing", "incoming"])
def test_a_tokens_row_or_column_is_exact(any_reader: Reader, direction: str, temperature: float) -> None:
    for number in layers_of(any_reader):
        layer = any_reader.made.layers[number].layer
        token = layer.num_keys - 3
        asked = {"layer": number, "token": token, "direction": direction, "temperature": temperature}
        entry, arrays = any_reader.numbers("rows", **asked)
        weights = weights64(layer, temperature)
        expected = weights[:, token] if direction == "outgoing" else weights[:, :, token]
        rows = torch.from_numpy(arrays["rows"]).view(layer.num_heads, -1).double()
        assert entry == {"numTokens": layer.num_keys} and arrays["rows"].dtype == np.float32
        torch.testing.assert_close(rows, expected, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("temperature", [1, 2.5])
def test_a_small_matrix_is_every_weight(any_reader: Reader, temperature: float) -> None:
    shown = any_reader.made
    for number in layers_of(any_reader):
        entry, arrays = any_reader.numbers("matrix", layer=number, temperature=temperature)
        assert entry == {"factor": 1, "blocks": {"rows": shown.grid.rows, "cols": shown.grid.cols}}
        expected = weights64(shown.layers[number].layer, temperature)
        torch.testing.assert_close(
            torch.from_numpy(arrays["means"]).double().view(expected.shape), expected, rtol=1e-4, atol=1e-7
        )


def test_a_large_matrix_is_the_mean_of_every_pair_of_blocks() -> None:
    asking = reader("random-heads", 29, RANDOM)
    shown, layer = asking.made, asking.made.layers[0].layer
    rows, cols = shown.grid.rows, shown.grid.cols
    assert rows % 2 and cols % 2, "the last blocks are smaller"
    entry, arrays = asking.numbers("matrix", layer=0, temperature=1)
    blocks = {"rows": (rows + 1) // 2, "cols": (cols + 1) // 2}
    assert entry == {"factor": 2, "blocks": blocks}
    block = [(patch // cols // 2) * blocks["cols"] + patch % cols // 2 for patch in range(rows * cols)]
    means = torch.zeros(len(block), blocks["rows"] * blocks["cols"], dtype=torch.float64)
    means[range(len(block)), block] = 1
    means /= means.sum(0)
    expected = means.T @ weights64(layer) @ means
    torch.testing.assert_close(torch.from_numpy(arrays["means"]).double().view(expected.shape), expected, rtol=1e-4, atol=1e-9)


def test_a_head_comes_as_it_was_recorded(any_reader: Reader) -> None:
    number = len(any_reader.made.layers) - 1
    layer = any_reader.made.layers[number].layer
    head = layer.num_heads - 1
    for query in (-1, 4):
        entry, arrays = any_reader.numbers("head", layer=number, head=head, query=query)
        assert entry == {"numTokens": layer.num_keys, "headDim": layer.q.shape[-1], "scale": layer.scale}
        np.testing.assert_array_equal(arrays["q"], layer.q[0, head].numpy().ravel())
        np.testing.assert_array_equal(arrays["k"], layer.k[0, head].numpy().ravel())
        assert set(arrays) == {"q", "k"} | ({"bias"} if query >= 0 else set())
        np.testing.assert_array_equal(arrays.get("bias", 0), 0)


def test_what_a_layers_patches_are(of_features: Reader) -> None:
    asking, shown = of_features, of_features.made
    module, number = shown.model.module, 5
    streams: dict[str, Tensor] = {}
    hook = module.get_submodule(f"blocks.{number}").register_forward_hook(lambda _module, _inputs, out: streams.update(x=out))
    with torch.inference_mode():
        module(shown.model.preprocess(shown.picture.image, shown.grid))
        hook.remove()
        streams["normed"] = module.get_submodule("norm")(streams["x"])
    layer = shown.layers[number].layer
    assert layer.v is not None
    heads = {name: getattr(layer, name)[0].transpose(0, 1).flatten(1)[1:] for name in "qkv"}
    for kind, expected in {"features": streams["normed"][0, 1:], "raw": streams["x"][0, 1:], **heads}.items():
        entry, arrays = asking.numbers("features", layer=number, kind=kind)
        assert entry == {"dim": expected.shape[1], "rows": shown.grid.rows, "cols": shown.grid.cols}
        values = torch.from_numpy(arrays["values"].view(np.float16).astype(np.float32)).view(expected.shape)
        torch.testing.assert_close(values, expected, rtol=2e-3, atol=2e-3)
