"""Small models, one for each way in which models attend."""

from __future__ import annotations

import timm
import torch
import transformers
from torch import Tensor, nn

from tests.architectures.harness import uneven

HEADS = (1, 2)


class Case:
    """A small model, the path of one of its attentions, and the linear map that joins that attention's heads."""

    def __init__(self, module: nn.Module, path: str, joins: str, inputs: Tensor, num_heads: int = 4) -> None:
        self.module, self.path, self.num_heads = uneven(module), path, num_heads
        self.joins = self.module.get_submodule(joins)
        self.inputs = inputs

    def run(self) -> Tensor:
        with torch.no_grad():
            output = self.module(self.inputs)
        return output if isinstance(output, Tensor) else output[0]


def vit(fused: bool) -> Case:
    module = timm.create_model("vit_tiny_patch16_224", img_size=32, embed_dim=32, depth=2, num_heads=4, num_classes=0)
    for block in module.blocks:
        block.attn.fused_attn = fused
    return Case(module, "blocks.1.attn", "blocks.1.attn.proj", torch.randn(2, 3, 32, 32))


def torchs_own(batch_first: bool) -> Case:
    layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=batch_first)
    encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    return Case(encoder, "layers.1.self_attn", "layers.1.self_attn.out_proj", torch.randn(2, 6, 32))


def llama(implementation: str) -> Case:
    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "vocab_size": 50}
    config = transformers.LlamaConfig(**sizes, num_attention_heads=4, num_key_value_heads=2, attn_implementation=implementation)
    return Case(transformers.LlamaModel(config), "layers.1.self_attn", "layers.1.self_attn.o_proj", torch.randint(50, (2, 6)))


def sam() -> Case:
    """Return a model whose calls have B · H in one axis."""
    sizes = {"img_size": 64, "embed_dim": 32, "depth": 2, "num_heads": 4, "global_attn_indexes": (1,)}
    module = timm.create_model("samvit_base_patch16", **sizes)
    return Case(module, "blocks.1.attn", "blocks.1.attn.proj", torch.randn(2, 3, 64, 64))


def twins() -> Case:
    """Return a model with windows on an axis before the heads."""
    sizes = {"img_size": 96, "embed_dims": (32, 32, 32, 32), "num_heads": (4, 4, 4, 4), "depths": (1, 1, 1, 1)}
    module = timm.create_model("twins_svt_small", num_classes=0, **sizes, wss=(8, 8, 8, 8))
    return Case(module, "blocks.0.0.attn", "blocks.0.0.attn.proj", torch.randn(2, 3, 96, 96))


CASES = {
    "fused": lambda: vit(fused=True),
    "explicit softmax": lambda: vit(fused=False),
    "torch's own": lambda: torchs_own(batch_first=True),
    "torch's own, batch second": lambda: torchs_own(batch_first=False),
    "grouped queries": lambda: llama("sdpa"),
    "grouped queries, explicit": lambda: llama("eager"),
    "heads in the batch": sam,
    "windows before heads": twins,
}
