"""What is answered about all layers together, held against matrices multiplied out and against the model's own stream."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.ui.data.asking import RANDOM, Reader, reader, weights64


@pytest.fixture(scope="module")
def asking() -> Reader:
    return reader("dinov2-small", 14)


@pytest.fixture(scope="module")
def weights(asking: Reader) -> list[Tensor]:
    """All weights (H, N, N) of every layer."""
    return [weights64(each.layer) for each in asking.made.layers]


def rolled_out(weights: list[Tensor], fusion: str = "mean", discard: float = 0) -> Tensor:
    """Abnar & Zuidema's product of whole matrices (N, N): a row for each token."""
    product = torch.eye(weights[0].shape[-1], dtype=torch.float64)
    for layer in weights:
        fused = {"mean": layer.mean(0), "max": layer.amax(0), "min": layer.amin(0)}[fusion]
        smallest = fused.argsort(-1)[:, : int(discard * len(fused))]
        fused = fused.scatter(-1, smallest, 0.0)
        fused = fused / fused.sum(-1, keepdim=True)
        product = (0.5 * torch.eye(len(fused), dtype=torch.float64) + 0.5 * fused) @ product
    return product


def without(weights: list[Tensor], tokens: list[int]) -> list[Tensor]:
    """As if nobody could attend to these tokens."""
    left = [layer.index_fill(-1, torch.tensor(tokens), 0.0) for layer in weights]
    return [layer / layer.sum(-1, keepdim=True) for layer in left]


@pytest.mark.parametrize(("fusion", "discard"), [("mean", 0), ("mean", 0.5), ("max", 0.9), ("min", 0.0)])
def test_a_rollout_is_the_product_of_all_layers(asking: Reader, weights: list[Tensor], fusion: str, discard: float) -> None:
    expected = rolled_out(weights, fusion, discard)
    for token in (0, 100):
        entry, arrays = asking.numbers("rollout", token=token, fusion=fusion, discard=discard, withoutOutliers=False)
        torch.testing.assert_close(torch.from_numpy(arrays["rows"]).double(), expected[token], rtol=1e-3, atol=1e-7)
        assert entry["numTokens"] == len(expected) and entry["patches"] == []


def outlying(rolled: Tensor, token: int) -> list[int]:
    """Patches that hold at least 2.5 % of the token's rollout and ten times the median's share, but for the asking one."""
    shares = rolled[token, 1:]
    found = (shares >= 0.025) & (shares >= 10 * shares.median())
    return [patch for patch in found.nonzero()[:, 0].tolist() if 1 + patch != token]


def test_without_outliers_nobody_attends_to_them(asking: Reader, weights: list[Tensor]) -> None:
    rolled = rolled_out(weights)
    token, patches = next((token, found) for token in range(len(rolled)) if (found := outlying(rolled, token)))
    entry, _ = asking.numbers("rollout", token=token, fusion="mean", discard=0, withoutOutliers=False)
    row, col = asking.made.grid.position(max(patches, key=lambda patch: rolled[token, 1 + patch]))
    assert entry["outlier"].startswith(f"Patch ({row}, {col}) holds ")
    entry, arrays = asking.numbers("rollout", token=token, fusion="mean", discard=0, withoutOutliers=True)
    assert entry["patches"] == patches and entry["outlier"] == ""
    expected = rolled_out(without(weights, [1 + patch for patch in patches]))[token]
    rows = torch.from_numpy(arrays["rows"]).double()
    torch.testing.assert_close(rows, expected, rtol=1e-3, atol=1e-7)
    assert all(float(rows[1 + patch]) == 0 for patch in patches)


def test_how_far_blocks_move_tokens(asking: Reader) -> None:
    entry, arrays = asking.numbers("moves")
    tokens, layers = 1 + asking.made.grid.num_patches, len(asking.made.layers)
    assert entry["count"] == [tokens] * layers and entry["from"] == [tokens * layer for layer in range(layers)]
    for layer, (before, between, after) in enumerate(streams(asking)):
        cosine = torch.nn.functional.cosine_similarity
        expected = {
            "before": before.norm(dim=-1),
            "attention": (between - before).norm(dim=-1),
            "afterAttention": between.norm(dim=-1),
            "mlp": (after - between).norm(dim=-1),
            "after": after.norm(dim=-1),
            "cosAttention": cosine(before, between, dim=-1),
            "cosMlp": cosine(between, after, dim=-1),
        }
        assert set(arrays) == set(expected)
        for name, values in expected.items():
            part = arrays[name][layer * tokens : (layer + 1) * tokens]
            np.testing.assert_allclose(part, values.numpy(), rtol=1e-3, atol=1e-4, err_msg=name)
        norms = after.norm(dim=-1)[1:].double()
        median = float(norms.median())
        deviation = float((norms - median).abs().median())
        assert entry["thresholds"][layer] == pytest.approx(max(3 * median, median + 8 * 1.4826 * deviation), rel=1e-3)


def streams(asking: Reader) -> list[tuple[Tensor, Tensor, Tensor]]:
    """The residual stream before, between and after attention and MLP of every block, (N, D)."""
    shown, found = asking.made, dict[tuple[int, str], Tensor]()
    module = shown.model.module
    hooks = []
    for layer in range(len(shown.layers)):

        def note(_: Any, inputs: tuple[Tensor, ...], out: Tensor, layer: int = layer) -> None:
            found[layer, "before"], found[layer, "after"] = inputs[0][0].float(), out[0].float()

        def between(_: Any, inputs: tuple[Tensor, ...], _out: Tensor, layer: int = layer) -> None:
            found[layer, "between"] = inputs[0][0].float()

        hooks.append(module.get_submodule(f"blocks.{layer}").register_forward_hook(note))
        hooks.append(module.get_submodule(f"blocks.{layer}.norm2").register_forward_hook(between))
    with torch.inference_mode():
        module(shown.model.preprocess(shown.picture.image, shown.grid))
    for hook in hooks:
        hook.remove()
    return [(found[layer, "before"], found[layer, "between"], found[layer, "after"]) for layer in range(len(shown.layers))]


def test_a_model_of_one_layer_has_neither() -> None:
    asking = reader("random-heads", options=RANDOM)
    for kind, body in (("rollout", {"token": 0, "fusion": "mean", "discard": 0}), ("moves", {})):
        answer = asking.post(kind, body)
        assert answer.status_code == 400 and "model" in answer.json()["says"]
